#!/usr/bin/env python3
"""Takes the pictures of the book: the command line in a real terminal (tmux), and the page of health in a real browser.

    cargo build -p switchboard-cli -p switchboard-sandbox && docs/pictures.py

needs tmux and Chromium. Everything is asked of the sandbox, in which one connection is put into trouble first. A terminal becomes an
SVG: its text stays text, and it follows the reader's light or dark mode.
"""

import os
import re
import subprocess
import tempfile
import time
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs/src/pictures"
PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
SWITCHBOARD = PROGRAMS / "switchboard"

# Width and height of a character cell.
CELL, LINE = 8.43, 18
STYLE = """text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1c1e21; white-space: pre }
rect { fill: #f5f7f9; stroke: #dfe3e8 } .b { font-weight: bold } .c31 { fill: #b3261e } .c32 { fill: #1a7f37 }
.c33 { fill: #8a5a00 } .c90 { fill: #5b636d }
@media (prefers-color-scheme: dark) { text { fill: #e6e8ea } rect { fill: #1d2226; stroke: #333a41 } .c31 { fill: #ff8a80 }
.c32 { fill: #6fdc8c } .c33 { fill: #f0b84d } .c90 { fill: #9aa4ae } }"""


def spans(line):
    """A line with its SGR sequences (ECMA-48, 8.3.117) as text elements' children."""
    classes = set()
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if part.startswith("\x1b["):
            for code in part[2:-1].split(";"):
                if code in ("", "0", "39"):
                    classes.clear()
                elif code == "1":
                    classes.add("b")
                else:
                    classes.add(f"c{code}")
        elif part:
            kind = f' class="{" ".join(sorted(classes))}"' if classes else ""
            yield f"<tspan{kind}>{escape(part)}</tspan>"


def svg(screen, title, columns):
    lines = screen.rstrip("\n").split("\n")
    width, height = round(columns * CELL) + 24, len(lines) * LINE + 20
    text = "\n".join(
        f'<text x="12" y="{24 + index * LINE}">{"".join(spans(line))}</text>' for index, line in enumerate(lines) if line.strip()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="6"/>\n{text}\n</svg>\n'
    )


class Terminal:
    """A terminal of that many columns, in which programs find the sandbox."""

    def __init__(self, columns, environment):
        self.columns = columns
        self.tmux = ["tmux", "-L", "pictures"]
        variables = [f"{name}={value}" for name, value in environment.items()]
        shell = ["env", f"PATH={PROGRAMS}:{os.environ['PATH']}", "PS1=$ ", *variables, "bash", "--norc", "--noprofile"]
        self.call("new-session", "-d", "-x", str(columns), "-y", "40", *shell)

    def call(self, *arguments):
        return subprocess.run([*self.tmux, *arguments], check=True, capture_output=True, text=True).stdout

    def type(self, command, seconds=3):
        self.call("send-keys", command, "Enter")
        time.sleep(seconds)

    def clear(self):
        self.type("clear", 0.5)

    def picture(self, name, title):
        screen = self.call("capture-pane", "-e", "-p")
        # The last prompt has nothing behind it.
        screen = re.sub(r"\n\$\s*\Z", "\n", screen.rstrip())
        (PICTURES / f"{name}.svg").write_text(svg(screen, title, self.columns))

    def close(self):
        self.call("kill-session")


def browser(page, name, width, height, dark):
    """A picture of a page, as wide as that."""
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else ["--blink-settings=preferredColorScheme=1"]
    shot = f"--screenshot={PICTURES / name}.png"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
    subprocess.run(["chromium", *flags, *scheme, shot, f"file://{page}"], check=True, capture_output=True)


def main():
    PICTURES.mkdir(exist_ok=True)
    program = [PROGRAMS / "switchboard-sandbox", "--format", "env"]
    sandbox = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    try:
        environment = dict(sandbox.stdout.readline().strip().split("=", 1) for _ in range(8))
        in_trouble = [SWITCHBOARD, "update", "activecampaign", "2", "--record", "-"]
        trouble = lambda status: subprocess.run(
            in_trouble, input=f'{{"status": {status}}}', text=True, check=True, capture_output=True, env=environment
        )
        trouble(0)
        terminal = Terminal(110, environment)
        terminal.clear()
        terminal.type("switchboard list")
        terminal.type("switchboard health")
        terminal.picture("list", "switchboard list and switchboard health in a terminal")
        trouble(1)
        terminal.clear()
        terminal.type("switchboard watch --interval 2 --looks 3", 2)
        trouble(0)
        time.sleep(6)
        terminal.picture("watch", "switchboard watch in a terminal")
        terminal.close()
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "health.html"
            subprocess.run([SWITCHBOARD, "health", "--html", page], env=environment, capture_output=True)
            browser(page, "health", 820, 520, dark=False)
            browser(page, "health-phone", 500, 620, dark=True)
    finally:
        sandbox.terminate()


if __name__ == "__main__":
    main()

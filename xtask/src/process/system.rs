//! What the system says about memory, and how a process is tied to the one that started it.
//!
//! Linux tells through `/proc`. Where nothing is known, limits of memory are not kept, and the command says so.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// The subcommand that becomes another program.
pub const EXEC: &str = "corpus-exec";

/// What a process holds, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Resident now.
    pub resident: u64,
    /// Resident at its worst.
    pub peak: u64,
}

/// Whether this system tells what a process holds.
pub fn measures_memory() -> bool {
    usage(std::process::id()).is_some()
}

/// What the process `id` holds; `None` when it is gone, or where the system does not tell.
pub fn usage(id: u32) -> Option<Usage> {
    parse_usage(&std::fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

/// `VmRSS` and `VmHWM` of proc_pid_status(5).
fn parse_usage(status: &str) -> Option<Usage> {
    Some(Usage { resident: kibibytes(status, "VmRSS:")?, peak: kibibytes(status, "VmHWM:")? })
}

/// The number after `key` in a list of lines such as `MemAvailable:   123 kB`, in bytes.
fn kibibytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The memory that can be taken without hurting others, in bytes; `None` where the system does not tell.
pub fn available_memory() -> Option<u64> {
    let machine = kibibytes(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")?;
    Some(container_memory().map_or(machine, |container| machine.min(container)))
}

/// What the control group leaves, where there is one with a limit (cgroup v2, "Memory Interface Files").
fn container_memory() -> Option<u64> {
    let read = |name: &str| std::fs::read_to_string(Path::new("/sys/fs/cgroup").join(name)).ok();
    let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
    let cache = cache(&read("memory.stat")?);
    Some(number("memory.max")?.saturating_sub(number("memory.current")?.saturating_sub(cache)))
}

/// What counts as used, but is given up when it is needed: `inactive_file`, in bytes.
fn cache(statistics: &str) -> u64 {
    let line = statistics.lines().find_map(|line| line.strip_prefix("inactive_file "));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or_default()
}

/// How many processes can work at once.
pub fn parallelism() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The program that runs, to be started again: also when it has been replaced on the disk by now.
///
/// # Errors
///
/// Fails when the system does not tell.
pub fn this_program() -> io::Result<PathBuf> {
    let itself = Path::new("/proc/self/exe");
    if itself.exists() { Ok(itself.to_path_buf()) } else { std::env::current_exe() }
}

/// A command that runs `program` such that it ends when this process does, where the system can do that.
///
/// # Errors
///
/// Fails when this program cannot be found.
pub fn tied(program: &std::ffi::OsStr) -> io::Result<Command> {
    if !cfg!(target_os = "linux") {
        return Ok(Command::new(program));
    }
    let mut command = Command::new(this_program()?);
    command.args([EXEC, "--parent", &std::process::id().to_string(), "--"]).arg(program);
    Ok(command)
}

/// Makes this process end when the thread that started it does; `false` when `parent` is already gone.
#[cfg(target_os = "linux")]
pub fn end_with(parent: u32) -> bool {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    let set = set_parent_process_death_signal(Some(Signal::KILL));
    // It may have ended just before: then there is nobody left whose end could be waited for.
    let is_there = getppid().is_some_and(|id| u32::try_from(id.as_raw_nonzero().get()) == Ok(parent));
    is_there || set.is_err()
}

/// Nothing can be done here: an interrupt reaches the whole group of processes anyway.
#[cfg(not(target_os = "linux"))]
pub fn end_with(_parent: u32) -> bool {
    true
}

/// Refuses this process memory beyond `bytes` of addresses, should whoever watches it be too slow.
#[cfg(target_os = "linux")]
pub fn limit_addresses(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = Rlimit { current: Some(bytes), maximum: getrlimit(Resource::As).maximum };
    // Where it is refused, a lower limit is in force already.
    let _ = setrlimit(Resource::As, limit);
}

/// The watcher is all there is.
#[cfg(not(target_os = "linux"))]
pub fn limit_addresses(_bytes: u64) {}

/// Becomes another program; returns only when that fails.
#[cfg(unix)]
pub fn become_program(command: &mut Command) -> io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

/// Runs another program in this one's place; returns only when that fails.
#[cfg(not(unix))]
pub fn become_program(command: &mut Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_read_in_bytes() {
        let status = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(parse_usage(status), Some(Usage { resident: 1 << 20, peak: 2 << 20 }));
        assert_eq!(parse_usage("Name:\tzombie\n"), None);
        assert_eq!(cache("anon 5\ninactive_file 4096\n"), 4096);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_system_tells() {
        assert!(measures_memory());
        assert!(available_memory().is_some_and(|bytes| bytes > 0));
        assert!(usage(std::process::id()).is_some_and(|usage| usage.peak >= 1 << 20));
    }
}

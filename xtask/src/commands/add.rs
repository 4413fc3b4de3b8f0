//! `add`: a new API, from its document, from several fragments of it, or from pages of documentation that embed them; and
//! `remove`, which takes one away.

use crate::{
    commands::{input::InputArguments, regen},
    dependents, fence,
    manifest::{self, Manifest},
    terminal::{Exit, complain_with_help, show},
    workspace::{self, Layout, WorkspaceError},
    write::{self, Folder, WriteError},
};
use clap::Args;
use codegen::{
    diagnostics::{Diagnostics, Source},
    load::{self, EXTENSIONS, TextFile},
    pipeline,
    sanitize::{self, sanitize},
    stack::on_large_stack,
    takeover::{
        begin,
        merge::{Conflict, Fragment, merge},
        pages, suggest,
    },
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The longest address that is shown, in characters.
const MAX_ADDRESS: usize = 600;

/// What the command line of `add` says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The API's name, which its document, its crate and its feature of the facade get.
    name: String,
    /// Its document, fragments of it, or pages of documentation that embed it.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// Where sources do not agree, take what the first of them says.
    #[arg(long)]
    first_wins: bool,
    /// Leave the document and its overlay where the crate cannot be made.
    #[arg(long)]
    keep: bool,
    /// The folder that gets the crate; any but this repository's `crates` becomes a workspace that builds by itself.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
}

/// What the command line of `remove` says.
#[derive(Debug, Args)]
pub struct RemoveArguments {
    /// The API: its document's file name without its ending.
    name: String,
    /// The folder that has the crate [default: this repository's `crates`].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
}

/// Why nothing was added or removed.
#[derive(Debug, Error)]
enum AddError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("there is an API named `{}` already: {}", .0, sanitize::path(.1))]
    Exists(String, PathBuf),
    #[error(
        "`{0}` cannot be a package name: give the API another one, `[a-z][a-z0-9_-]*`, that Rust has no meaning for"
    )]
    Name(String),
    #[error("`{0}` is the name of {1} already: give the API another one")]
    Taken(String, &'static str),
    #[error("`{}` holds no OpenAPI definition{}", sanitize::path(.0), as_page(.0))]
    NoDefinition(PathBuf),
    #[error("`{}` ends within an OpenAPI definition: take the whole page", sanitize::path(.0))]
    CutOff(PathBuf),
    #[error("`{}` cannot be read: {}", sanitize::path(.0), .1)]
    Unreadable(PathBuf, String),
    #[error("`{0}` is no file, and nothing is fetched: download the document first, for example with `curl -LO '{0}'`")]
    Address(String),
    #[error("the sources do not agree; `--first-wins` takes what the first of them says\n{0}")]
    Conflicts(String),
    #[error("`{}` cannot be removed: {}", sanitize::path(.0), .1)]
    Remove(PathBuf, io::Error),
    #[error("the document cannot be written down: {0}")]
    Json(#[from] serde_json::Error),
}

impl AddError {
    fn exit(&self) -> Exit {
        match self {
            Self::Workspace(_) | Self::Exists(..) | Self::Name(_) | Self::Taken(..) | Self::Address(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }

    fn help(&self) -> Option<&'static str> {
        if let Self::Write(error) = self { Some(error.help()) } else { None }
    }
}

/// Adds an API, and generates its crate.
pub fn run(arguments: &Arguments) -> Exit {
    finished(add(arguments))
}

/// Removes an API, with its crate.
pub fn run_remove(arguments: &RemoveArguments) -> Exit {
    finished(remove(arguments))
}

fn finished(result: Result<Exit, AddError>) -> Exit {
    result.unwrap_or_else(|error| {
        complain_with_help(&error, error.help());
        error.exit()
    })
}

fn add(arguments: &Arguments) -> Result<Exit, AddError> {
    let Arguments { name, input, .. } = arguments;
    write::check_name(name).map_err(|_| AddError::Name(name.clone()))?;
    let layout = Layout::new(input.specs.clone(), arguments.out.clone())?;
    if let Some(existing) = files(&layout.specs, name).into_iter().next() {
        return Err(AddError::Exists(name.clone(), existing));
    }
    if !layout.own_workspace
        && let Some(owner) = dependents::owner(&workspace::repository(), name)?
    {
        return Err(AddError::Taken(name.clone(), owner));
    }
    let (ending, text, document) = on_large_stack("sources", || document(arguments))?;
    let overlay = begin::overlay(name, &document);
    std::fs::create_dir_all(&layout.specs)
        .map_err(|error| AddError::Unreadable(layout.specs.clone(), error.to_string()))?;
    let added = take_over(arguments, &layout, &format!("{name}.{ending}"), &text, overlay);
    if !matches!(added, Ok(Exit::Done)) && !arguments.keep {
        show(&give_up(&layout, name)?);
    }
    added
}

/// Writes the files of an API, the document first, and makes its crate known.
fn take_over(
    arguments: &Arguments,
    layout: &Layout,
    source: &str,
    text: &str,
    mut overlay: Value,
) -> Result<Exit, AddError> {
    let written = layout.specs.join(source);
    write::write_file(&written, text)?;
    let path = layout.specs.join(format!("{}.overlay.json", arguments.name));
    write::write_file(&path, &json(&overlay)?)?;
    begin::suggest(&mut overlay, suggestions(arguments, layout)?);
    write::write_file(&path, &json(&overlay)?)?;
    for path in [written, path] {
        show(&format!("wrote {}\n", sanitize::path(&path)));
    }
    let regenerate = regen::Arguments::of_api(&arguments.name, arguments.out.clone(), arguments.input.clone());
    let exit = regen::run(&regenerate);
    if layout.own_workspace || exit != Exit::Done {
        return Ok(exit);
    }
    for folder in made_of(layout, &[source.to_owned()]).into_keys() {
        dependents::admit(&workspace::repository(), &folder)?;
        show(&format!("`{folder}` is a feature of the facade, which shows its client\n"));
    }
    settle_dependents(layout)?;
    Ok(exit)
}

/// What the crate makes somebody think about. A document that no crate can be made of is told about when one is made.
fn suggestions(arguments: &Arguments, layout: &Layout) -> Result<Vec<Value>, AddError> {
    let Arguments { name, input, .. } = arguments;
    let mut found = Vec::new();
    for api in workspace::inputs(&layout.specs, std::slice::from_ref(name))? {
        let sources = pipeline::read(&api, input.limits());
        if let Some((document, plan)) = fence::plan(sources, input.lenient, fence::LIMITS) {
            found.extend(on_large_stack("suggestions", || suggest::of_plan(&document, &plan)));
        }
    }
    Ok(found)
}

fn json(value: &Value) -> Result<String, AddError> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Takes away what was written of an API that was not to be had, and says so.
fn give_up(layout: &Layout, name: &str) -> Result<String, AddError> {
    let text = take_all(layout, name)?;
    Ok(
        text + "nothing was added; `--keep` leaves document and overlay there, to be put right by `lint --fix` or by hand\n"
    )
}

/// The document's ending, its text and what is in it: as it is, where it is in one piece, else merged.
fn document(arguments: &Arguments) -> Result<(String, String, Value), AddError> {
    let mut fragments = Vec::new();
    for path in &arguments.sources {
        let file = read(path, &arguments.input)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
        let is_document = EXTENSIONS.contains(&ending.as_str());
        let values = if is_document { whole(&file)? } else { pages::definitions(&file.text) };
        if !is_document && pages::is_cut_off(&file.text) {
            return Err(AddError::CutOff(path.clone()));
        }
        if values.is_empty() {
            return Err(AddError::NoDefinition(path.clone()));
        }
        if let ([value], true, 1) = (values.as_slice(), is_document, arguments.sources.len()) {
            return Ok((ending, file.text, value.clone()));
        }
        fragments.extend(values.into_iter().map(|value| Fragment { name: sanitize::path(path), value }));
    }
    let (merged, conflicts) = merge(fragments);
    if !conflicts.is_empty() && !arguments.first_wins {
        return Err(AddError::Conflicts(conflicts.iter().map(line).collect()));
    }
    Ok(("json".to_owned(), json(&merged)?, merged))
}

fn line(conflict: &Conflict) -> String {
    let Conflict { pointer, name, first, second } = conflict;
    let (first, second) = (sanitize(first, 80), sanitize(second, 80));
    format!("  {}: {first}, but in {name} {second}\n", sanitize(pointer, 200))
}

/// A source as text. It may be anywhere, as a part may.
fn read(path: &Path, input: &InputArguments) -> Result<TextFile, AddError> {
    let address = path.to_string_lossy();
    if !path.exists() && ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
        return Err(AddError::Address(sanitize(&address, MAX_ADDRESS).into_owned()));
    }
    let mut findings = Diagnostics::default();
    let file = load::read(path.to_path_buf(), Source::Part(0), input.limits(), &mut findings);
    if findings.has_errors() { Err(unreadable(path, "", &findings)) } else { Ok(file) }
}

/// What a document holds; nothing where it is none of OpenAPI.
fn whole(file: &TextFile) -> Result<Vec<Value>, AddError> {
    let mut findings = Diagnostics::default();
    let parsed = load::parse(file, Source::Document, false, &mut findings);
    let parsed = parsed.ok_or_else(|| unreadable(&file.path, &file.text, &findings))?;
    Ok(Some(parsed.value).filter(pages::is_definition).into_iter().collect())
}

/// What is wrong with a source, in which line of its text, and what to do about it.
fn unreadable(path: &Path, text: &str, findings: &Diagnostics) -> AddError {
    let reasons = findings.iter().map(|finding| {
        let before = finding.offset.and_then(|offset| text.get(..offset));
        let line = before.map(|before| format!(" in line {}", before.matches('\n').count() + 1));
        let help = finding.help.as_ref().map(|help| format!(" ({help})"));
        format!("{}{}{}", finding.message, line.unwrap_or_default(), help.unwrap_or_default())
    });
    AddError::Unreadable(path.to_path_buf(), reasons.collect::<Vec<_>>().join("; "))
}

/// What a source was read as whose name does not end as a document's does.
fn as_page(path: &Path) -> String {
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    if ending.is_some_and(|ending| EXTENSIONS.contains(&ending.as_ref())) {
        return String::new();
    }
    let endings = EXTENSIONS.map(|ending| format!("`.{ending}`")).join(", ");
    format!(", as a page of documentation: the name of a document ends in {endings}")
}

/// The files that an API of this name has.
fn files(specs: &Path, name: &str) -> Vec<PathBuf> {
    let all = EXTENSIONS.iter().flat_map(|ending| [format!("{name}.{ending}"), format!("{name}.overlay.{ending}")]);
    all.map(|file| specs.join(file)).filter(|path| path.is_file()).collect()
}

fn remove(arguments: &RemoveArguments) -> Result<Exit, AddError> {
    let layout = Layout::new(arguments.input.specs.clone(), arguments.out.clone())?;
    // A crate stays behind where somebody has taken the document away by hand.
    Manifest::read(&layout.out.join(&arguments.name))
        .map_err(|error| WriteError::Manifest { path: layout.out.join(&arguments.name).join(manifest::FILE), error })?;
    if made_of(&layout, &sources(&arguments.name)).is_empty() {
        workspace::inputs(&layout.specs, std::slice::from_ref(&arguments.name))?;
    }
    Ok(show(&take_all(&layout, &arguments.name)?))
}

/// Takes away all that there is of an API, and tells what that was.
fn take_all(layout: &Layout, name: &str) -> Result<String, AddError> {
    let own = made_of(layout, &sources(name));
    let folders = own.keys().map(|name| Ok((name, Folder::open(&layout.out, name)?)));
    let folders: Vec<_> = folders.collect::<Result<_, WriteError>>()?;
    let mut report = String::new();
    // The workspace first: cargo cannot load one that names a package that is gone.
    if !layout.own_workspace {
        for folder in own.keys() {
            dependents::dismiss(&workspace::repository(), folder)?;
        }
    }
    for (name, folder) in &folders {
        let path = layout.out.join(name);
        take_away(folder, &path)?;
        let _ = writeln!(report, "removed {}", sanitize::path(&path));
    }
    for path in files(&layout.specs, name) {
        std::fs::remove_file(&path).map_err(|error| AddError::Remove(path.clone(), error))?;
        let _ = writeln!(report, "removed {}", sanitize::path(&path));
    }
    if layout.own_workspace {
        let members = workspace::crate_folders(&layout.out);
        if let Some(change) = write::plan_workspace(&layout.out, &members)? {
            write::write_file(&layout.out.join(&change.path), change.after.as_deref().unwrap_or_default())?;
        }
    } else {
        settle_dependents(layout)?;
    }
    Ok(report)
}

/// The documents that an API of this name may have.
fn sources(name: &str) -> Vec<String> {
    EXTENSIONS.iter().map(|ending| format!("{name}.{ending}")).collect()
}

/// The crates that were made of these documents, by their folders.
fn made_of(layout: &Layout, sources: &[String]) -> BTreeMap<String, Manifest> {
    let mut crates = workspace::generated_crates(&layout.out);
    crates.retain(|_, manifest| sources.contains(&manifest.source));
    crates
}

/// What depends on the crates follows what there is of them now.
fn settle_dependents(layout: &Layout) -> Result<(), WriteError> {
    let crates = workspace::generated_crates(&layout.out).into_iter();
    let versions = crates.filter_map(|(folder, manifest)| Some((folder, manifest.version?))).collect();
    let root = workspace::repository();
    dependents::commit(&root, &dependents::plan(&root, "crates", &versions, false)?)
}

/// Removes what was generated of a crate, and its folder at `outer` if nothing else is in it.
fn take_away(folder: &Folder, outer: &Path) -> Result<(), AddError> {
    for path in folder.generated() {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(AddError::Remove(path, error)),
            _ => {}
        }
        // Folders that are not empty stay.
        let parents = path.ancestors().skip(1).take_while(|parent| parent.starts_with(outer));
        for parent in parents {
            if std::fs::remove_dir(parent).is_err() {
                break;
            }
        }
    }
    Ok(())
}

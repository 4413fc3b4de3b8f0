//! The generated crate's README: what it is, and the front page.

use super::example::Call;
use super::front::{self, Place};
use crate::plan::Plan;
use crate::polish::docs;

/// `README.md`.
pub fn readme(plan: &Plan, call: Option<Call<'_>>) -> String {
    let api = &plan.api;
    let name = &api.crate_name;
    let mut text = format!("# {name}\n\n");
    let about = api.manifest.description.clone().unwrap_or_else(|| format!("A client for {}.", api.title));
    text.push_str(&docs::clean(&about));
    if !text.ends_with('.') {
        text.push('.');
    }
    text.push_str(&format!(
        "\n\nGenerated from the OpenAPI document of {} (version {}) by Switchboard; nobody edits it by hand.\n\n",
        docs::clean(&api.title).replace('\n', " "),
        docs::clean(&api.version).replace('\n', " "),
    ));
    text.push_str(&front::page(plan, call, Place::Readme));
    text.push('\n');
    text.push_str("\n## Licence\n\nMIT OR Apache-2.0, at your option. The API's own terms are its vendor's.\n");
    text
}

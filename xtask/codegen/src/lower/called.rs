//! What operations are called before their tags are left out: what their `operationId` says, or, where the document has none,
//! method and path, as much of them as can be read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::idents;
use super::operation_object::OperationObject;
use super::readable::LONGEST;

/// A shorter name for each operation that says as much as its id, where there is one.
pub fn short(sources: &[OperationObject<'_>], ids: &[String]) -> Vec<Option<String>> {
    sources.iter().zip(ids).map(|(source, id)| short_of(source, id)).collect()
}

/// What each operation is called, by the short names and the ids of all of them and the modules that they are to be told apart in.
/// No two of a module are called alike that have other ids.
pub fn called(short: &[Option<String>], ids: &[String], module: impl Fn(usize) -> String) -> Vec<String> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (index, (short, id)) in short.iter().zip(ids).enumerate() {
        *counts.entry((module(index), idents::snake(short.as_ref().unwrap_or(id)))).or_default() += 1;
    }
    let is_alone = |index: usize, name: &String| counts.get(&(module(index), idents::snake(name))) == Some(&1);
    let named = |(index, (short, id)): (usize, (&Option<String>, &String))| {
        short.as_ref().filter(|name| is_alone(index, name)).unwrap_or(id).clone()
    };
    short.iter().zip(ids).enumerate().map(named).collect()
}

/// `GET` and `/users/{id}/posts` → `get_users_by_id_posts`.
pub fn made_id(method: &str, path: &str) -> String {
    let mut words = vec![method.to_lowercase()];
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => words.extend(["by".to_owned(), name.to_owned()]),
            None => words.push(segment.replace(['{', '}'], "_")),
        }
    }
    if words.len() == 1 {
        words.push("root".to_owned());
    }
    idents::snake(&words.join("_"))
}

/// A shorter name that says as much.
fn short_of(source: &OperationObject<'_>, id: &str) -> Option<String> {
    let documented = source.operation.get("operationId").and_then(Value::as_str).map(str::trim);
    if documented == Some(id) {
        return function(source, id);
    }
    let is_long = id.chars().count() > LONGEST && id == made_id(&source.method, source.path);
    is_long.then(|| readable(&source.method, source.path))
}

/// The function that an id is made of by a framework that writes the operation's path and method beside it.
fn function(source: &OperationObject<'_>, id: &str) -> Option<String> {
    let method = source.method.to_lowercase();
    let rest = match id.strip_prefix(&format!("{method}-{}_", source.path)) {
        Some(rest) if rest == source.path => return Some(readable(&source.method, source.path)),
        Some(rest) => rest,
        None => before_path(id, source.path, &method)?,
    };
    // A keyword is no better for being short.
    syn::parse_str::<syn::Ident>(&rest.to_lowercase()).is_ok().then(|| rest.to_owned())
}

/// What stands before the path and the method, each with an underscore for what is no letter (FastAPI's `generate_unique_id`):
/// `read_item_items__item_id__get`. A word before one other word may be a person's id, and be nothing without it: `list_users_get`.
fn before_path<'i>(id: &'i str, path: &str, method: &str) -> Option<&'i str> {
    let letter = |character: char| if character.is_alphanumeric() { character } else { '_' };
    let path: String = path.chars().map(letter).collect();
    let rest = id.strip_suffix(&format!("{path}_{method}"))?.trim_matches('_');
    let words = |text: &str| text.split('_').filter(|word| !word.is_empty()).count();
    (words(&path) > 0 && words(rest) + words(&path) > 2).then_some(rest)
}

/// Method and path without the parameters that others follow, and without the first segments, until the rest is not too long.
fn readable(method: &str, path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let parameter = |segment: &&str| segment.strip_prefix('{')?.strip_suffix('}').map(idents::snake);
    let last = segments.last().and_then(parameter);
    let mut words: Vec<String> =
        segments.iter().filter(|segment| parameter(segment).is_none()).map(|segment| idents::snake(segment)).collect();
    let by = last.map(|name| format!("by_{}", beyond(&name, words.last().map_or("", String::as_str))));
    let method = method.to_lowercase();
    loop {
        let all = [method.as_str()].into_iter().chain(words.iter().map(String::as_str)).chain(by.as_deref());
        let name = idents::snake(&all.collect::<Vec<_>>().join("_"));
        if name.chars().count() <= LONGEST || words.len() < 2 {
            return name;
        }
        words.remove(0);
    }
}

/// The words of a parameter beyond those of the segment that it stands behind: `id` of `item_id` behind `items`.
fn beyond<'n>(name: &'n str, segment: &str) -> &'n str {
    let rest = name.strip_prefix(idents::singular(segment).as_str()).and_then(|rest| rest.strip_prefix('_'));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::lower::testing::plan;

    /// The methods and the calls of `GET`s of these paths, each with its id or none.
    fn names(paths: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let item = |(path, id): &(&str, Option<&str>)| {
            let mut get = json!({"responses": {}});
            get.as_object_mut().unwrap().extend(id.map(|id| ("operationId".to_owned(), json!(id))));
            ((*path).to_owned(), json!({"get": get}))
        };
        let paths: Map<String, Value> = paths.iter().map(item).collect();
        let plan = plan(&Value::Object(paths), &json!({}));
        plan.operations.into_iter().map(|operation| (operation.ident, operation.type_ident)).collect()
    }

    fn methods(paths: &[(&str, Option<&str>)]) -> Vec<String> {
        names(paths).into_iter().map(|(method, _)| method).collect()
    }

    #[test]
    fn an_id_that_repeats_the_path_and_the_method_is_called_by_the_rest() {
        let found = methods(&[
            ("/v1/items/{item_id}", Some("Read_item_v1_items__item_id__get")),
            ("/v1/items", Some("read_items_v1_items_get")),
            // Two functions of one name.
            ("/v1/a/list", Some("list_v1_a_list_get")),
            ("/v1/b/list", Some("list_v1_b_list_get")),
            // Nothing but the path, and what a person may have written.
            ("/v1/c", Some("_v1_c_get")),
            ("/users", Some("list_users_get")),
            ("/v1/type/x", Some("type_v1_type_x_get")),
            ("/v1/d", Some("read_d_v1_d_post")),
            ("/v1/e/{id}", Some("get-/v1/e/{id}_getById")),
            ("/v1/f", Some("get-/v1/f_/v1/f")),
        ]);
        assert_eq!(
            found,
            [
                "read_item",
                "read_items",
                "list_v1_a_list_get",
                "list_v1_b_list_get",
                "v1_c_get",
                "list_users_get",
                "type_v1_type_x_get",
                "read_d_v1_d_post",
                "get_by_id",
                "get_v1_f"
            ]
        );
    }

    #[test]
    fn an_id_is_short_where_its_tag_has_no_other_like_it() {
        let paths: Map<String, Value> = (0..70)
            .map(|index| {
                let (path, tag) = (format!("/v1/x{index}"), format!("t{index}"));
                let id = format!("get-{path}_getPage");
                (path, json!({"get": {"operationId": id, "tags": [tag], "responses": {}}}))
            })
            .collect();
        let plan = plan(&Value::Object(paths), &json!({}));
        let names: Vec<_> = plan.operations.iter().map(|found| (found.method_path(), found.owner.as_str())).collect();
        assert_eq!(names[69], ("t69().get_page".to_owned(), "GetV1X69GetPage"));
    }

    #[test]
    fn an_operation_without_an_id_has_a_name_that_can_be_read() {
        let found = names(&[
            ("/v1/projects/{project_id}/self-hosted/distribution/credentials", None),
            ("/v1/projects/{project_id}/self-hosted/distribution/credentials/{credential_id}", None),
            ("/very/long/words/before/what/is/meant/of-many-things/{thing_id}/in-all/things", None),
            ("/users/{user_id}/posts", Some("")),
        ]);
        let expected = [
            ("get_v1_projects_self_hosted_distribution_credentials", "GetV1ProjectsSelfHostedDistributionCredentials"),
            (
                "get_v1_projects_self_hosted_distribution_credentials_by_id",
                "GetV1ProjectsSelfHostedDistributionCredentialsById",
            ),
            (
                "get_words_before_what_is_meant_of_many_things_in_all_things",
                "GetWordsBeforeWhatIsMeantOfManyThingsInAllThings",
            ),
            ("get_users_by_user_id_posts", "GetUsersByUserIdPosts"),
        ];
        assert_eq!(found, expected.map(|(method, call)| (method.to_owned(), call.to_owned())));
    }
}

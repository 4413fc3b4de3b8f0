//! A list read item by item, so that one item that cannot be read costs itself alone, and not the list.

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::path::{Path, of_pointer};
use super::{BodyError, Repair, Tape, without_mark};
use crate::pointer::{Found, find};
use crate::raw_response::RawResponse;

impl RawResponse {
    /// The items of a list in a body of JSON, each read by itself: one that is not the JSON of a `T` is an error in its
    /// place, whose [path](BodyError::path) names it, for example `connections[3].name`.
    ///
    /// `pointer` is the JSON pointer (RFC 6901) of the list; the empty one means that the body is the list.
    ///
    /// ```
    /// use switchboard_runtime::{HeaderMap, RawResponse, StatusCode};
    ///
    /// let answer = RawResponse::new(StatusCode::OK, HeaderMap::new(), r#"{"ids":[1,"two",3]}"#);
    /// let ids: Vec<_> = answer.items::<u8>("/ids")?.collect();
    /// assert!(matches!((&ids[0], &ids[2]), (Ok(1), Ok(3))));
    /// assert_eq!(ids[1].as_ref().unwrap_err().path(), Some("ids[1]"));
    /// # Ok::<(), switchboard_runtime::BodyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BodyError`] if the body is no JSON, or has no list there.
    pub fn items<T: DeserializeOwned>(
        &self,
        pointer: &str,
    ) -> Result<impl Iterator<Item = Result<T, BodyError>> + use<T>, BodyError> {
        let place = of_pointer(pointer);
        let items = parts(self, pointer)?.into_iter().enumerate();
        Ok(items.map(move |(index, item)| item.json().map_err(|error| error.within(&place, index))))
    }
}

/// The items of a list, each as if it alone had been answered.
pub(crate) fn parts(response: &RawResponse, pointer: &str) -> Result<Vec<RawResponse>, BodyError> {
    let body = without_mark(response.body());
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(&body)
        && Tape::parse(body.clone()).is_none()
    {
        return Err(BodyError::new(format!("not JSON: {error}")));
    }
    let Some([Found::List(items)]) = find(&body, [Some(pointer)]) else {
        return Err(BodyError { path: Some(of_pointer(pointer)), ..BodyError::new("there is no list") });
    };
    let part = |text: Bytes| RawResponse::new(response.status(), response.headers().clone(), text);
    Ok(items.into_iter().map(|item| part(body.slice_ref(item))).collect())
}

impl BodyError {
    /// The error of one item, seen from the body that its list stands in.
    pub(crate) fn within(mut self, list: &str, index: usize) -> Self {
        self.path = Some(within(list, index, &self.path.take().unwrap_or_default()));
        self
    }
}

impl Repair {
    /// The repair of one item, seen from the body that its list stands in.
    pub(crate) fn within(self, list: &str, index: usize) -> Self {
        Self { path: within(list, index, &self.path), ..self }
    }
}

/// A place in an item, seen from the body that its list stands in.
fn within(list: &str, index: usize, path: &str) -> String {
    Path::Index { parent: &Path::Written(list), index }.then(path)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Named {
        name: String,
    }

    fn response(body: &'static str) -> RawResponse {
        RawResponse::new(StatusCode::OK, HeaderMap::new(), body)
    }

    fn read(body: &'static str, pointer: &str) -> Vec<Result<String, String>> {
        let items = response(body).items::<Named>(pointer).unwrap();
        items.map(|item| item.map(|item| item.name).map_err(|error| error.path().unwrap().to_owned())).collect()
    }

    #[test]
    fn the_item_at_fault_is_named_and_the_others_arrive() {
        let expected = [Ok("a".to_owned()), Err("items[1].name".to_owned()), Ok("c".to_owned())];
        assert_eq!(read(r#"{"items":[{"name":"a"},{"name":[]},{"name":"c"}]}"#, "/items"), expected);
        let expected = [Err("[0]".to_owned()), Err("[1].name".to_owned())];
        assert_eq!(read("\u{feff}[7, {\"name\": []}]", ""), expected);
        assert_eq!(read(r#"{"a":{"b":[7]}}"#, "/a/b"), [Err("a.b[0]".to_owned())]);
        assert_eq!(read(r#"[[[1]]]"#, "/0/0"), [Err("[0][0][0]".to_owned())]);
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        for (body, said) in [
            (r#"{"items":null}"#, "items: there is no list"),
            (r#"{"items":{}}"#, "items: there is no list"),
            ("{}", "items: there is no list"),
            ("<html>", "not JSON: expected value at line 1 column 1"),
        ] {
            assert_eq!(response(body).items::<Named>("/items").err().unwrap().to_string(), said, "{body}");
        }
    }
}

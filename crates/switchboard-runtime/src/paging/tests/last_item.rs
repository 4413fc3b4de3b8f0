//! Lists whose next page is asked for by a value of the last item.

use super::*;
use crate::paging::PagingStyle;

const BY_ID: Paging =
    Paging { items: "/data", has_more: Some("/more"), ..plain(PagingStyle::LastItem { cursor: "after", last: "/id" }) };

static LAST_ITEM: Paging = BY_ID;

#[derive(Debug, Deserialize)]
struct Keyed {
    data: Vec<Record>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Record {
    #[serde(default)]
    name: String,
}

fn keyed(server: &Server, paging: &'static Paging) -> Items<Record, Undescribed> {
    let list = List::json(paging, |page: &mut Keyed| Some(&mut page.data));
    list.items(client(server), Ok(Request::new(&GET)))
}

/// The names that a list by its last item gives, up to its end or its first error; with the target of each request.
async fn names(
    paging: &'static Paging,
    answers: impl IntoIterator<Item = &'static str>,
) -> (Vec<String>, String, Option<String>) {
    let server = Server::script(answers.into_iter().map(|body| json(200, body))).await;
    let (mut items, mut names) = (keyed(&server, paging), String::new());
    let error = loop {
        match items.try_next().await {
            Ok(Some(record)) => names += &record.name,
            Ok(None) => break None,
            Err(error) => {
                assert!(matches!(error, Error::Paging(_)), "{error}");
                assert_eq!(items.try_next().await.unwrap(), None);
                break Some(error.to_string());
            }
        }
    };
    (targets(&server), names, error)
}

#[tokio::test]
async fn the_last_item_leads_on() {
    let expected = ["/things", "/things?after=b%2F", "/things?after=7"].map(str::to_owned);
    for end in [r#"{"data":[]}"#, r#"{"data":[{"id":"z"}],"more":false}"#, r#"{"data":[{}],"more":false}"#] {
        let bodies =
            [r#"{"data":[{"id":"a","name":"a"},{"id":"b/","name":"b"}]}"#, r#"{"data":[{"id":7,"name":"c"}]}"#, end];
        assert_eq!(names(&LAST_ITEM, bodies).await, (expected.to_vec(), "abc".to_owned(), None), "{end}");
    }
}

#[tokio::test]
async fn a_short_page_by_its_last_item_ends_the_list_unless_there_are_more() {
    static SIZED: Paging = Paging { limit: Some("limit"), page_size: Some(2), ..BY_ID };
    let bodies = [
        r#"{"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}]}"#,
        r#"{"data":[{"id":3,"name":"c"}],"more":true}"#,
        r#"{"data":[{"id":4,"name":"d"}]}"#,
    ];
    let (targets, names, error) = names(&SIZED, bodies).await;
    assert_eq!((names.as_str(), error), ("abcd", None));
    assert_eq!(targets, ["/things?limit=2", "/things?limit=2&after=2", "/things?limit=2&after=3"]);
}

#[tokio::test]
async fn a_last_item_without_its_value_is_an_error_behind_the_items() {
    let (_, seen, error) = names(&LAST_ITEM, [r#"{"data":[{"id":"a","name":"a"},{"name":"b"}]}"#]).await;
    let expected = "getThing: the last item of a page lacks the value that the next page is asked for by";
    assert!(seen == "ab" && error.as_deref().is_some_and(|error| error.starts_with(expected)), "{seen}: {error:?}");
    let (_, seen, error) = names(&LAST_ITEM, [r#"{"data":[],"more":true}"#]).await;
    let expected = "getThing: a page says that there are more, but has no item to go on from";
    assert!(seen.is_empty() && error.as_deref().is_some_and(|error| error.starts_with(expected)), "{seen}: {error:?}");
}

#[tokio::test]
async fn lists_by_their_last_item_that_go_round_are_noticed() {
    let same = r#"{"data":[{"id":"a","name":"a"}]}"#;
    let (targets, seen, error) = names(&LAST_ITEM, [same, same]).await;
    assert_eq!((targets.len(), seen.as_str()), (2, "a"));
    assert!(error.unwrap().contains("the same page came twice"));
    let (targets, seen, error) = names(&LAST_ITEM, [same, r#"{"data":[{"id":"a","name":"b"}]}"#]).await;
    assert_eq!((targets.len(), seen.as_str()), (2, "ab"));
    assert!(error.unwrap().contains("round in a circle"));
}

static BOTH_WAYS: Paging = Paging {
    style: PagingStyle::LastItem { cursor: "starting_after", last: "/id" },
    begins: &["ending_before"],
    ..BY_ID
};

/// The list that is begun with these in its query.
fn begun(server: &Server, pairs: &[(&str, &str)]) -> Items<Record, Undescribed> {
    let mut request = Request::new(&GET);
    pairs.iter().for_each(|(name, value)| request.set_query(name, (*value).to_owned()));
    List::json(&BOTH_WAYS, |page: &mut Keyed| Some(&mut page.data)).items(client(server), Ok(request))
}

#[tokio::test]
async fn a_list_that_is_begun_the_other_way_does_not_turn_round() {
    let server = Server::script([json(200, r#"{"data":[{"id":"d","name":"d"}],"more":true}"#)]).await;
    let mut items = begun(&server, &[("ending_before", "f")]);
    assert!(items.try_next().await.unwrap().is_some());
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("`ending_before` begins the list the other way"), "{error}");
    let Error::Paging(fault) = error else { panic!("{error}") };
    assert_eq!((fault.kind(), fault.page()), (PagingErrorKind::Unfinished, 2));
    let mut later = begun(&server, &[("ending_before", "f")]).starting_at(fault.position().unwrap().clone());
    later.try_next().await.unwrap_err();
    assert_eq!(targets(&server), ["/things?ending_before=f"], "no wrong page is asked for");
}

#[tokio::test]
async fn a_list_that_is_begun_the_other_way_may_end_with_its_first_page() {
    let server = Server::script([json(200, r#"{"data":[{"id":"d"}],"more":false}"#)]).await;
    assert_eq!(begun(&server, &[("ending_before", "f")]).collect_all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_between_two_ends_goes_on() {
    let bodies = [r#"{"data":[{"id":"d"}],"more":true}"#, r#"{"data":[{"id":"e"}],"more":false}"#];
    let server = Server::script(bodies.map(|body| json(200, body))).await;
    let items = begun(&server, &[("starting_after", "c"), ("ending_before", "f")]);
    assert_eq!(items.collect_all().await.unwrap().len(), 2);
    assert_eq!(targets(&server)[1], "/things?starting_after=d&ending_before=f");
}

//! What had to be made good in a list is told: to whoever reads the stream, and to the hooks of the client and the call.

use std::sync::{Arc, Mutex};

use super::*;

#[derive(Debug, Deserialize)]
struct Records {
    items: Vec<Record>,
    #[allow(dead_code, reason = "it is there to be missing")]
    total: u64,
}

#[derive(Debug, Deserialize)]
struct Record {
    id: u64,
    #[allow(dead_code, reason = "it is there to be missing")]
    kind: String,
}

/// Who was told, and of what.
type Told = Arc<Mutex<Vec<String>>>;

fn tell(told: &Told, who: &'static str) -> impl Fn(&Repaired<'_>) + Send + Sync + 'static {
    let told = Arc::clone(told);
    move |repaired| {
        let mut told = told.lock().unwrap();
        told.extend(repaired.repairs.iter().map(|repair| format!("{who} {}: {repair}", repaired.operation)));
    }
}

fn records(server: &Server, told: &Told) -> Items<Record, Undescribed> {
    let client = builder(&server.url, VirtualClock::jumping()).on_repair(tell(told, "client")).build().unwrap();
    let mut request = Request::new(&GET);
    request.set_options(CallOptions::new().on_repair(tell(told, "call")));
    List::json(&PAGING, |page: &mut Records| Some(&mut page.items)).items(client, Ok(request))
}

/// The repairs that each item carries, by its id.
async fn carried(mut items: Items<Record, Undescribed>) -> Vec<(u64, Vec<String>)> {
    let mut all = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(record)) => all.push((record.id, items.repairs().iter().map(ToString::to_string).collect())),
            Ok(None) => return all,
            Err(Error::Decode(_)) => all.push((0, items.repairs().iter().map(ToString::to_string).collect())),
            Err(other) => panic!("{other}"),
        }
    }
}

const MISSING: [&str; 2] = ["items[1].kind: is missing", "items[2].kind: is null"];

#[tokio::test]
async fn items_carry_what_was_made_good_in_them_and_hooks_are_told() {
    let whole = r#"{"items":[{"id":1,"kind":"a"},{"id":2},{"id":3,"kind":null}],"total":"4"}"#;
    let last = r#"{"items":[{"id":4,"kind":"b"}],"total":4}"#;
    let server = Server::script([json(200, whole), json(200, last)]).await;
    let told = Told::default();
    let expected = [(1, vec![]), (2, vec![MISSING[0].to_owned()]), (3, vec![MISSING[1].to_owned()]), (4, vec![])];
    assert_eq!(carried(records(&server, &told)).await, expected);
    let mut lines = std::mem::take(&mut *told.lock().unwrap());
    lines.sort();
    let said = [MISSING[0], MISSING[1], "total: is of another type than the document says"];
    let expected: Vec<_> =
        ["call", "client"].iter().flat_map(|who| said.map(|said| format!("{who} getThing: {said}"))).collect();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn so_do_those_of_a_page_with_one_that_cannot_be_read() {
    let page = r#"{"items":[{"id":[]},{"id":2},{"id":3,"kind":null}],"total":3}"#;
    let server = Server::script([json(200, page)]).await;
    let told = Told::default();
    let expected = [(0, vec![]), (2, vec![MISSING[0].to_owned()]), (3, vec![MISSING[1].to_owned()])];
    assert_eq!(carried(records(&server, &told)).await, expected);
    assert_eq!(told.lock().unwrap().len(), 4, "both are told of both");
}

#[tokio::test]
async fn all_of_very_many_are_told() {
    // 250 as they were seen, and more than are kept of any page at once.
    for count in [250, 10_050] {
        let items: Vec<String> = (1..=count).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        let server =
            Server::script([json(200, &format!(r#"{{"items":[{}],"total":{count}}}"#, items.join(",")))]).await;
        let told = Told::default();
        let all = carried(records(&server, &told)).await;
        assert_eq!(all.len(), count);
        for (index, (_, repairs)) in all.into_iter().enumerate() {
            assert_eq!(repairs, [format!("items[{index}].kind: is missing")]);
        }
        assert_eq!(told.lock().unwrap().len(), 2 * count);
    }
}

#[tokio::test]
async fn a_position_passes_over_the_repairs_of_items_that_are_done_with() {
    let page = r#"{"items":[{"id":1},{"id":2},{"id":3,"kind":null}],"total":3}"#;
    let server = Server::script([json(200, page)]).await;
    let position: Position = "1/testing/getThing/2/offset/0".parse().unwrap();
    let found = carried(records(&server, &Told::default()).starting_at(position)).await;
    assert_eq!(found, [(3, vec![MISSING[1].to_owned()])]);
}

#[tokio::test]
async fn a_single_answer_is_told_of_too_and_a_strict_client_makes_nothing_good() {
    let server = Server::script([json(200, r#"{"id":"7","kind":"a"}"#)]).await;
    let told = Told::default();
    let client = builder(&server.url, VirtualClock::jumping()).on_repair(tell(&told, "client"));
    let record = client.build().unwrap().send::<Record, Undescribed>(Request::new(&GET), decode::json).await.unwrap();
    assert_eq!((record.id, record.repairs().len(), told.lock().unwrap().len()), (7, 1, 1));

    let client = builder(&server.url, VirtualClock::jumping()).strict(true).on_repair(tell(&told, "client"));
    let strict = client.build().unwrap().send::<Record, Undescribed>(Request::new(&GET), decode::json).await;
    assert!(strict.is_err() && told.lock().unwrap().len() == 1);
}

#[tokio::test]
async fn lines_of_a_stream_are_told_of() {
    let server = Server::script([json(200, "{\"id\":1,\"kind\":\"a\"}\n{\"id\":2}\n")]).await;
    let told = Told::default();
    let client = builder(&server.url, VirtualClock::jumping()).on_repair(tell(&told, "client")).build().unwrap();
    let lines = client.send_lines::<Record, Undescribed>(Request::new(&GET)).await.unwrap().into_inner();
    assert_eq!(lines.try_collect::<Vec<_>>().await.unwrap().len(), 2);
    assert_eq!(*told.lock().unwrap(), ["client getThing: kind: is missing"]);
}

//! Contacts, as far as a shop needs them: looked up by their email address, created or changed by a sync.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    account::{Account, Shared},
    forms::{absolute_links, fields_of},
    lists::list,
    refusal::{Refusal, not_provided, valid},
    resources::{has, well_typed},
};
use crate::{
    clock::with_offset,
    lock::lock,
    records::activecampaign as records,
    table::{Record, Row, record},
    types::{Field, Type},
    wire::{self, Pairs},
};

const FIELDS: &[Field] = &[
    ("email", Type::Text),
    ("firstName", Type::Text),
    ("lastName", Type::Text),
    ("phone", Type::Text),
    ("fieldValues", Type::Objects),
    ("fieldValues[].field", Type::Text),
    ("fieldValues[].value", Type::Text),
    ("orgid", Type::Short),
    ("deleted", Type::Flag),
];

/// The parameters of the list that are obeyed, besides those of all lists.
const NARROWING: [&str; 5] = ["email", "email_like", "id_greater", "id_less", "ids[]"];

pub(super) async fn all(State(account): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let pairs = Pairs::of_query(query.as_deref());
    let bound = |name: &'static str| match pairs.filled(name).map(str::parse::<u64>) {
        None => Ok(None),
        Some(id) => id.map(Some).map_err(|_| Refusal::Nonsense(name)),
    };
    let (above, below) = (bound("id_greater")?, bound("id_less")?);
    let dates = ["created_before", "created_after", "updated_before", "updated_after"];
    let is_no_date = |name: &str| {
        let text = pairs.get(&format!("filters[{name}]"));
        text.is_some_and(|text| text.parse::<chrono::NaiveDate>().is_err())
    };
    if let Some(name) = dates.into_iter().find(|name| is_no_date(name)) {
        return Err(Refusal::Nonsense(name));
    }
    pairs.flag("in_group_lists")?;
    if pairs.filled("status").is_some_and(|status| status.parse::<i32>().is_err()) {
        return Err(Refusal::Nonsense("status"));
    }
    let (email, like) = (pairs.filled("email"), pairs.filled("email_like"));
    let ids = pairs.all("ids[]").collect::<Vec<_>>();
    let is_wanted = |row: Row<'_>| {
        let (id, own) = (row.text("id").unwrap_or_default(), row.text("email").unwrap_or_default());
        let number = id.parse::<u64>().unwrap_or_default();
        email.is_none_or(|email| own.eq_ignore_ascii_case(email))
            && like.is_none_or(|like| own.contains(like))
            && above.is_none_or(|above| number > above)
            && below.is_none_or(|below| number < below)
            && (ids.is_empty() || ids.contains(&id.as_str()))
    };
    let sent = NARROWING.iter().map(|name| (name, pairs.all(name).collect::<Vec<_>>()));
    let sent = sent.filter(|(_, values)| !values.is_empty()).collect::<Vec<_>>();
    let key = format!("{sent:?}");
    let narrowing = if sent.is_empty() { None } else { Some((key.as_str(), &is_wanted as &dyn Fn(Row<'_>) -> bool)) };
    list(&mut lock(&account.contacts), "contacts", query.as_deref(), narrowing, |contact| {
        absolute_links(contact, &account.base)
    })
}

pub(super) async fn one(State(account): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let contact = records::row_of(&id).and_then(|row| lock(&account.contacts).get(row));
    let contact = contact.ok_or_else(|| Refusal::NotFound("Subscriber", id.clone()))?;
    let mut body = answer(&account, &id, contact);
    for name in ["contactAutomations", "contactLists", "deals", "geoAddresses", "geoIps"] {
        body.insert(name.into(), json!([]));
    }
    Ok(wire::json(StatusCode::OK, &body.into()))
}

/// Creates the contact with this email address, or changes the one that has it: the document knows one status for both.
pub(super) async fn sync(State(account): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let fields = fields_of("contact", &body)?.unwrap_or_default();
    well_typed("contact", &fields, FIELDS)?;
    let values = fields.get("fieldValues").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let missing = ["email"].into_iter().filter(|name| !has(&fields, name)).map(|name| not_provided("contact", name));
    let lacking = values.flat_map(|value| ["field", "value"].into_iter().filter(|name| !value.contains_key(*name)));
    valid(missing.chain(lacking.map(|name| not_provided("fieldValue", name))).collect())?;
    let now = with_offset(account.clock.now());
    let mut contacts = lock(&account.contacts);
    let email = fields.get("email").and_then(Value::as_str).unwrap_or_default();
    let is_it = |contact: &Record| {
        contact.get("email").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(email))
    };
    let changed = contacts.changes().find(|(_, contact)| is_it(contact)).map(|(row, _)| row);
    let found = changed.or_else(|| {
        let row = records::row_of_email(email)?;
        contacts.get(row).filter(|contact| is_it(contact)).map(|_| row)
    });
    let contact = match found.and_then(|row| Some((row, contacts.get(row)?))) {
        Some((row, mut contact)) => {
            write(&mut contact, &fields, &now);
            contacts.put(row, contact.clone());
            contact
        }
        None => contacts.add(|row| {
            let mut contact = records::contact(row, &now);
            write(&mut contact, &fields, &now);
            contact
        }),
    };
    drop(contacts);
    let id = contact.get("id").and_then(wire::text_of).unwrap_or_default();
    write_values(&account, &id, &fields, &now);
    let mut body = answer(&account, &id, contact);
    if let Some(contact) = body.get_mut("contact").and_then(Value::as_object_mut) {
        contact.insert("email_empty".into(), false.into());
    }
    Ok(wire::json(StatusCode::CREATED, &body.into()))
}

fn write(contact: &mut Record, fields: &Record, now: &str) {
    for name in ["email", "firstName", "lastName", "phone", "orgid"] {
        if let Some(text) = fields.get(name).and_then(wire::text_of) {
            contact.insert(name.into(), text.into());
        }
    }
    if let Some(deleted) = fields.get("deleted").and_then(Value::as_bool) {
        contact.insert("deleted".into(), u8::from(deleted).to_string().into());
    }
    contact.insert("udate".into(), now.into());
}

/// Keeps the values of custom fields: one of each field.
fn write_values(account: &Account, contact: &str, fields: &Record, now: &str) {
    let mut values = lock(&account.values);
    let sent = fields.get("fieldValues").and_then(Value::as_array).into_iter().flatten();
    for (field, value) in sent.filter_map(|sent| Some((wire::text_of(sent.get("field")?)?, sent.get("value")?))) {
        let is_it = |other: &Record| {
            other.get("contact").is_some_and(|it| it == contact) && other.get("field").is_some_and(|it| *it == *field)
        };
        let before = values.changes().find(|(_, other)| is_it(other)).map(|(row, other)| (row, other.clone()));
        match before {
            Some((row, mut stored)) => {
                stored.insert("value".into(), value.clone());
                stored.insert("udate".into(), now.into());
                values.put(row, stored);
            }
            None => {
                values.add(|row| {
                    let id = row + 1;
                    record!({
                        "contact": contact, "field": field, "value": value, "cdate": now, "udate": now,
                        "created_by": null, "updated_by": null, "id": id.to_string(), "owner": contact, "links": {
                            "owner": format!("{}/fieldValues/{id}/owner", account.base),
                            "field": format!("{}/fieldValues/{id}/field", account.base),
                        },
                    })
                });
            }
        }
    }
}

/// A contact and the values of its custom fields.
fn answer(account: &Account, id: &str, contact: Record) -> Record {
    let values = lock(&account.values);
    let own = values.changes().map(|(_, value)| value).filter(|value| value.get("contact").is_some_and(|it| it == id));
    let own = own.cloned().collect::<Vec<_>>();
    let ids = own.iter().filter_map(|value| value.get("id").cloned()).collect::<Value>();
    let mut contact = absolute_links(contact, &account.base);
    contact.insert("fieldValues".into(), ids);
    record!({ "fieldValues": own, "contact": contact })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Records, Sandbox, testing};

    #[tokio::test]
    async fn a_sync_creates_and_changes() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let sync = |fields: Value| testing::send(api, "POST", "/contact/sync", Some(json!({ "contact": fields })));
        let new =
            sync(json!({ "email": "mira@example.com", "fieldValues": [{ "field": "2", "value": "Kites" }] })).await;
        let body = new.json();
        assert_eq!(
            (new.status, &body["contact"]["id"], &body["contact"]["fieldValues"]),
            (201, &json!("4"), &json!(["1"]))
        );
        assert_eq!(
            (&body["fieldValues"][0]["value"], &body["fieldValues"][0]["owner"]),
            (&json!("Kites"), &json!("4"))
        );
        let same = json!({ "email": "Mira@example.com", "firstName": "Mira", "fieldValues": [{ "field": "2", "value": "Books" }] });
        let changed = sync(same).await.json();
        assert_eq!((&changed["contact"]["id"], &changed["contact"]["firstName"]), (&json!("4"), &json!("Mira")));
        assert_eq!(changed["fieldValues"].as_array().unwrap().len(), 1);
        assert_eq!(sync(json!({ "email": "customer-2@example.com" })).await.json()["contact"]["id"], "2");

        let alone = testing::get(api, "/contacts/4").await.json();
        assert_eq!((&alone["fieldValues"][0]["value"], &alone["deals"]), (&json!("Books"), &json!([])));
        let link = format!("{}/contacts/4/fieldValues", api.base_url());
        assert_eq!(alone["contact"]["links"]["fieldValues"], link);
        let refused = sync(json!({ "firstName": "Mira" })).await;
        assert_eq!(
            (refused.status, &refused.json()["errors"][0]["title"]),
            (422, &json!("The contact email was not provided."))
        );
        let gone = testing::get(api, "/contacts/9").await;
        assert_eq!((gone.status, gone.json()), (404, json!({ "message": "No Result found for Subscriber with id 9" })));
    }

    #[tokio::test]
    async fn contacts_are_looked_up_and_paged() {
        let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await.unwrap();
        let api = sandbox.activecampaign();
        for (query, total, first) in [
            ("email=customer-7@example.com", "1", "7"),
            ("email_like=mer-24", "11", "24"),
            ("id_greater=240&id_less=244", "3", "241"),
            ("ids[]=3&ids[]=9&orders[id]=DESC", "2", "9"),
            ("limit=1&offset=249", "250", "250"),
        ] {
            let found = testing::get(api, &format!("/contacts?{query}")).await.json();
            assert_eq!(
                (&found["meta"]["total"], &found["contacts"][0]["id"]),
                (&json!(total), &json!(first)),
                "{query}"
            );
        }
        assert_eq!(testing::get(api, "/contacts?id_less=x").await.status, 400);
        assert_eq!(testing::get(api, "/contacts?status=2147483648").await.status, 400);
    }
}

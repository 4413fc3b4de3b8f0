//! Collections that the API keeps much as clients write them: one table says what is different about each.

use std::sync::{Mutex, MutexGuard};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    account::{Account, Shared},
    forms::{absolute_links, fields_of, without},
    lists::{Narrowing, is_taken, list},
    refusal::{Refusal, fault, not_provided, valid},
};
use crate::{
    Records,
    clock::with_offset,
    lock::lock,
    records::activecampaign as records,
    table::{Record, Table, record},
    types::{self, Field, Type},
    wire,
};

/// A collection, and how it differs from others.
pub(super) struct Resource {
    /// The path, and the name around a list.
    pub(super) plural: &'static str,
    /// The name around one record.
    pub(super) singular: &'static str,
    /// What a missing record is called.
    pub(super) kind: &'static str,
    pub(super) table: fn(&Account) -> &Mutex<Table>,
    /// What a client may write, and of which types.
    pub(super) fields: &'static [Field],
    /// What it must write.
    pub(super) required: &'static [&'static str],
    /// What no two records may have in common.
    pub(super) unique: &'static [&'static str],
    /// The row that starts out with such a value of the last of these.
    pub(super) row_of_unique: fn(Records, &str) -> Option<u64>,
    /// A record with this id before anything is written into it.
    pub(super) blank: fn(u64, &str) -> Record,
    /// Sets what follows from what was written.
    pub(super) settle: fn(&mut Record, &str),
    /// What the answer to a create leaves out.
    pub(super) not_in_created: &'static [&'static str],
}

/// The customers of shops.
pub(super) static CUSTOMERS: Resource = Resource {
    plural: "ecomCustomers",
    singular: "ecomCustomer",
    kind: "EcomCustomer",
    table: |account| &account.customers,
    fields: &[
        ("connectionid", Type::Text),
        ("externalid", Type::Text),
        ("email", Type::Text),
        ("acceptsMarketing", Type::OneOf(&["0", "1"])),
    ],
    required: &["connectionid", "externalid", "email"],
    unique: &["connectionid", "externalid"],
    row_of_unique: records::row_of_customer,
    blank: |id, _| {
        record!({
            "totalRevenue": "0", "totalOrders": "0", "totalProducts": "0", "avgRevenuePerOrder": "0",
            "avgProductCategory": "", "id": id.to_string(), "links": {
                "connection": format!("/api/3/ecomCustomers/{id}/connection"),
                "orders": format!("/api/3/ecomCustomers/{id}/orders"),
            },
        })
    },
    settle: |customer, now| {
        let connection = customer.get("connectionid").filter(|id| *id != "0").cloned().unwrap_or_default();
        customer.insert("connection".into(), connection);
        customer.insert("tstamp".into(), now.into());
    },
    not_in_created: &[
        "totalRevenue",
        "totalOrders",
        "totalProducts",
        "avgRevenuePerOrder",
        "avgProductCategory",
        "tstamp",
    ],
};

/// The products of orders, which are written with their order only.
pub(super) static PRODUCTS: Resource = Resource {
    plural: "ecomOrderProducts",
    singular: "ecomOrderProduct",
    kind: "EcomOrderProduct",
    table: |account| &account.products,
    fields: &[],
    required: &[],
    unique: &[],
    row_of_unique: |_, _| None,
    blank: |_, _| Record::new(),
    settle: |_, _| {},
    not_in_created: &[],
};

/// Where events of the account are posted to. Nothing is posted.
pub(super) static WEBHOOKS: Resource = Resource {
    plural: "webhooks",
    singular: "webhook",
    kind: "Webhook",
    table: |account| &account.webhooks,
    fields: &[
        ("name", Type::Text),
        ("url", Type::Text),
        ("events", Type::Texts),
        ("sources", Type::Texts),
        ("listid", Type::Short),
    ],
    required: &["name", "url", "events", "sources"],
    unique: &[],
    row_of_unique: |_, _| None,
    blank: |id, now| record!({ "cdate": now, "listid": "0", "links": [], "id": id.to_string() }),
    settle: |_, _| {},
    not_in_created: &[],
};

impl Resource {
    /// The list, and one record of it.
    pub(super) fn readable(&'static self) -> Router<Shared> {
        let all = move |State(account): State<Shared>, RawQuery(query): RawQuery| async move {
            self.list(&account, query.as_deref(), None)
        };
        let one = move |State(account): State<Shared>, Path(id): Path<String>| async move { self.get(&account, id) };
        Router::new().route(&self.path(""), get(all)).route(&self.path("/{id}"), get(one))
    }

    /// The same, and what writes to it.
    pub(super) fn writable(&'static self) -> Router<Shared> {
        use axum::routing::{post, put};
        let create = move |State(account): State<Shared>, body: Bytes| async move { self.create(&account, &body) };
        let update = move |State(account): State<Shared>, Path(id): Path<String>, body: Bytes| async move {
            self.update(&account, id, &body)
        };
        let delete =
            move |State(account): State<Shared>, Path(id): Path<String>| async move { self.delete(&account, id) };
        self.readable().route(&self.path(""), post(create)).route(&self.path("/{id}"), put(update).delete(delete))
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}{rest}", self.plural)
    }

    pub(super) fn rows<'a>(&self, account: &'a Account) -> MutexGuard<'a, Table> {
        lock((self.table)(account))
    }

    pub(super) fn list(
        &self,
        account: &Account,
        query: Option<&str>,
        narrowing: Option<Narrowing<'_>>,
    ) -> Result<Response, Refusal> {
        list(&mut self.rows(account), self.plural, query, narrowing, |record| record)
    }

    fn get(&self, account: &Account, id: String) -> Result<Response, Refusal> {
        let record = records::row_of(&id).and_then(|row| self.rows(account).get(row));
        let record = absolute_links(record.ok_or(Refusal::NotFound(self.kind, id))?, &account.base);
        Ok(wire::json(StatusCode::OK, &json!({ self.singular: record })))
    }

    fn create(&self, account: &Account, body: &Bytes) -> Result<Response, Refusal> {
        let fields = fields_of(self.singular, body)?.unwrap_or_default();
        self.well_typed(&fields)?;
        let missing = self.required.iter().filter(|name| !has(&fields, name));
        valid(missing.map(|name| not_provided(self.singular, name)).collect())?;
        let now = with_offset(account.clock.now());
        let mut rows = self.rows(account);
        self.must_be_new(&rows, &fields, account.records, None)?;
        let record = rows.add(|row| {
            let mut record = (self.blank)(row + 1, &now);
            self.write(&mut record, &fields, &now);
            record
        });
        let record = without(self.not_in_created, record);
        Ok(wire::json(StatusCode::CREATED, &json!({ self.singular: record })))
    }

    fn update(&self, account: &Account, id: String, body: &Bytes) -> Result<Response, Refusal> {
        let sent = fields_of(self.singular, body)?;
        let mut rows = self.rows(account);
        let found = records::row_of(&id).and_then(|row| Some((row, rows.get(row)?)));
        let (row, mut record) = found.ok_or(Refusal::NotFound(self.kind, id))?;
        let fields = sent.ok_or_else(|| Refusal::Invalid(vec![nothing(self.singular)]))?;
        self.well_typed(&fields)?;
        let emptied = self.required.iter().filter(|name| fields.contains_key(**name) && !has(&fields, name));
        valid(emptied.map(|name| not_provided(self.singular, name)).collect())?;
        self.write(&mut record, &fields, &with_offset(account.clock.now()));
        self.must_be_new(&rows, &record, account.records, Some(row))?;
        rows.put(row, record.clone());
        Ok(wire::json(StatusCode::OK, &json!({ self.singular: record })))
    }

    pub(super) fn delete(&self, account: &Account, id: String) -> Result<Response, Refusal> {
        let deleted = records::row_of(&id).is_some_and(|row| self.rows(account).remove(row));
        if deleted { Ok(wire::json(StatusCode::OK, &json!({}))) } else { Err(Refusal::NotFound(self.kind, id)) }
    }

    fn well_typed(&self, fields: &Record) -> Result<(), Refusal> {
        well_typed(self.singular, fields, self.fields)
    }

    /// Numbers are kept as text, as all records have them.
    fn write(&self, record: &mut Record, fields: &Record, now: &str) {
        let known = self.fields.iter().filter_map(|(name, _)| Some((*name, fields.get(*name)?)));
        record.extend(
            known.map(|(name, value)| {
                (name.to_owned(), wire::text_of(value).map_or_else(|| value.clone(), Value::from))
            }),
        );
        (self.settle)(record, now);
    }

    fn must_be_new(&self, rows: &Table, fields: &Record, from: Records, own: Option<u64>) -> Result<(), Refusal> {
        let Some(last) = self.unique.last() else { return Ok(()) };
        let unchanged = fields.get(*last).and_then(Value::as_str).and_then(|text| (self.row_of_unique)(from, text));
        let title = format!("The {} already exists in the system.", self.singular);
        if is_taken(rows, fields, self.unique, unchanged, own) {
            return Err(Refusal::Invalid(vec![json!({ "title": title })]));
        }
        Ok(())
    }
}

/// Whether a field has a value.
pub(super) fn has(fields: &Record, name: &str) -> bool {
    match fields.get(name) {
        Some(Value::Array(values)) => !values.is_empty(),
        other => other.and_then(wire::text_of).is_some_and(|text| !text.is_empty()),
    }
}

/// Refuses the first field that is not of its type.
pub(super) fn well_typed(singular: &str, sent: &Record, fields: &[Field]) -> Result<(), Refusal> {
    let mistyped = types::mistyped(&Value::Object(sent.clone()), fields);
    valid(mistyped.map(|name| fault(&format!("The {singular} {name} is not valid."), name)).into_iter().collect())
}

/// The fault of a body that has no record in it.
pub(super) fn nothing(singular: &str) -> Value {
    fault(&format!("The {singular} was not provided."), "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Sandbox, records::instant, testing};

    #[tokio::test]
    async fn a_customer_is_created_changed_and_deleted() {
        let clock = ManualClock::at(instant("2024-05-02T10:00:00-06:00"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.activecampaign();
        let new = json!({ "ecomCustomer": { "connectionid": "1", "externalid": "c-1", "email": "mira@example.com" } });
        let created = testing::send(api, "POST", "/ecomCustomers", Some(new.clone())).await;
        let links =
            json!({ "connection": "/api/3/ecomCustomers/4/connection", "orders": "/api/3/ecomCustomers/4/orders" });
        let expected = json!({ "ecomCustomer": {
            "connectionid": "1", "externalid": "c-1", "email": "mira@example.com", "links": links, "id": "4",
            "connection": "1",
        } });
        assert_eq!((created.status, created.json()), (201, expected));

        let twin = testing::send(api, "POST", "/ecomCustomers", Some(new)).await;
        let title = &twin.json()["errors"][0]["title"];
        assert_eq!((twin.status, title), (422, &json!("The ecomCustomer already exists in the system.")));

        let change = json!({ "ecomCustomer": { "connectionid": "0", "acceptsMarketing": "1" } });
        let updated = testing::send(api, "PUT", "/ecomCustomers/4", Some(change)).await;
        let customer = updated.json()["ecomCustomer"].clone();
        assert_eq!(
            (updated.status, &customer["connection"], &customer["externalid"]),
            (200, &Value::Null, &json!("c-1"))
        );
        assert_eq!((&customer["totalOrders"], &customer["acceptsMarketing"]), (&json!("0"), &json!("1")));

        assert_eq!(testing::send(api, "DELETE", "/ecomCustomers/4", None).await.json(), json!({}));
        assert_eq!(testing::send(api, "DELETE", "/ecomCustomers/4", None).await.status, 404);
    }

    #[tokio::test]
    async fn a_twin_is_found_among_the_records_that_were_there() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let first = testing::get(api, "/ecomCustomers/1").await.json()["ecomCustomer"].clone();
        let twin = json!({ "ecomCustomer": {
            "connectionid": first["connectionid"], "externalid": first["externalid"], "email": "other@example.com",
        } });
        assert_eq!(testing::send(api, "POST", "/ecomCustomers", Some(twin.clone())).await.status, 422);
        assert_eq!(testing::send(api, "PUT", "/ecomCustomers/2", Some(twin.clone())).await.status, 422);
        assert_eq!(testing::send(api, "PUT", "/ecomCustomers/1", Some(twin)).await.status, 200);
    }

    #[tokio::test]
    async fn a_webhook_is_kept_as_it_was_sent() {
        let clock = ManualClock::at(instant("2024-05-02T10:00:00-06:00"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.activecampaign();
        let new = json!({ "webhook": {
            "name": "A", "url": "https://hooks.example.com/a", "events": ["subscribe"], "sources": ["api"], "listid": 3,
        } });
        let created = testing::send(api, "POST", "/webhooks", Some(new)).await;
        let expected = json!({ "webhook": {
            "cdate": "2024-05-02T10:00:00-06:00", "listid": "3", "name": "A", "url": "https://hooks.example.com/a",
            "events": ["subscribe"], "sources": ["api"], "links": [], "id": "2",
        } });
        assert_eq!((created.status, created.json()), (201, expected.clone()));
        assert_eq!(testing::get(api, "/webhooks/2").await.json(), expected);
        let found = testing::get(api, "/webhooks?filters[name]=A").await.json();
        assert_eq!((&found["webhooks"][0]["id"], &found["meta"]["total"]), (&json!("2"), &json!("1")));

        let renamed = testing::send(api, "PUT", "/webhooks/2", Some(json!({ "webhook": { "name": "B" } }))).await;
        assert_eq!((renamed.status, &renamed.json()["webhook"]["name"]), (200, &json!("B")));
        for (fields, title) in [
            (json!({ "events": [] }), "The webhook events was not provided."),
            (json!({ "listid": "3" }), "The webhook listid is not valid."),
        ] {
            let refused = testing::send(api, "PUT", "/webhooks/2", Some(json!({ "webhook": fields }))).await;
            assert_eq!((refused.status, &refused.json()["errors"][0]["title"]), (422, &json!(title)));
        }
        assert_eq!(testing::send(api, "DELETE", "/webhooks/2", None).await.status, 200);
        let gone = testing::get(api, "/webhooks/2").await;
        assert_eq!((gone.status, gone.json()), (404, json!({ "message": "No Result found for Webhook with id 2" })));
        let empty = testing::send(api, "POST", "/webhooks", Some(json!({}))).await;
        assert_eq!((empty.status, empty.json()["errors"].as_array().unwrap().len()), (422, 4));
    }

    #[tokio::test]
    async fn products_are_read_alone_and_by_page() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let product = testing::get(api, "/ecomOrderProducts/2").await.json()["ecomOrderProduct"].clone();
        assert_eq!((&product["orderid"], &product["price"]), (&json!("2"), &json!("2500")));
        let page = testing::get(api, "/ecomOrderProducts?limit=1&offset=1").await.json();
        assert_eq!(page["ecomOrderProducts"][0]["id"], "2");
        let gone = testing::get(api, "/ecomOrderProducts/7").await;
        let message = "No Result found for EcomOrderProduct with id 7";
        assert_eq!((gone.status, gone.json()), (404, json!({ "message": message })));
        assert_eq!(testing::send(api, "DELETE", "/ecomOrderProducts/2", None).await.status, 405);
    }
}

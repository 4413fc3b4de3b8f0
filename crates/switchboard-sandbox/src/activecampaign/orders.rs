//! E-commerce orders and abandoned carts, with their products and discounts.
//!
//! When a cart counts as recovered, and what becomes of the products of an order that is changed or deleted, is not
//! documented: here an `externalid` recovers it, new products take the place of those before, and none outlives its order.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    account::{Account, Shared},
    forms::{absolute_links, fields_of, numbers_as_text, without},
    lists::list,
    refusal::{Refusal, fault, not_provided, valid},
    resources::{PRODUCTS, has, nothing, well_typed},
};
use crate::{
    clock::with_offset,
    lock::lock,
    records::activecampaign as records,
    table::{Record, record},
    types::{Field, Type},
    wire::{self, Pairs},
};

const SINGULAR: &str = "ecomOrder";

/// What must be there besides the id of the order or of the cart.
const REQUIRED: [&str; 7] =
    ["source", "email", "totalPrice", "currency", "connectionid", "customerid", "externalCreatedDate"];

/// The types of an order's fields. The vendor declares ids as numbers and sends them as text, which the document's overlay takes
/// them for.
const FIELDS: &[Field] = &[
    ("source", Type::Short),
    ("connectionid", Type::Text),
    ("customerid", Type::Text),
    ("externalid", Type::Text),
    ("externalcheckoutid", Type::Text),
    ("email", Type::Text),
    ("totalPrice", Type::Whole),
    ("shippingAmount", Type::Whole),
    ("taxAmount", Type::Whole),
    ("discountAmount", Type::Whole),
    ("currency", Type::Text),
    ("orderUrl", Type::Text),
    ("externalCreatedDate", Type::Moment),
    ("externalUpdatedDate", Type::Moment),
    ("abandonedDate", Type::Moment),
    ("shippingMethod", Type::Text),
    ("orderNumber", Type::Text),
    ("orderProducts", Type::Objects),
    ("orderProducts[].name", Type::Text),
    ("orderProducts[].price", Type::Whole),
    ("orderProducts[].quantity", Type::Whole),
    ("orderProducts[].externalid", Type::Text),
    ("orderDiscounts", Type::Objects),
    ("orderDiscounts[].name", Type::Text),
    ("orderDiscounts[].type", Type::Text),
    ("orderDiscounts[].discountAmount", Type::Whole),
];

/// What a product must have.
const PRODUCT_REQUIRES: [&str; 4] = ["name", "price", "quantity", "externalid"];

/// The states of an order (filters of /ecomOrders).
const COMPLETED: u8 = 1;
const ABANDONED: u8 = 2;
const RECOVERED: u8 = 3;

pub(super) async fn all(State(account): State<Shared>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let pairs = Pairs::of_query(query.as_deref());
    if pairs.get("filters[connectionid]").is_some_and(|id| id.parse() == Ok(0)) {
        return Err(Refusal::Invalid(vec![fault("The connection id must be greater than 0.", "connectionid")]));
    }
    let mut orders = lock(&account.orders);
    let only_alone = ["orderNumber", "externalcheckoutid", "externalUpdatedDate", "abandonedDate"];
    list(&mut orders, "ecomOrders", query.as_deref(), None, |order| without(&only_alone, order))
}

pub(super) async fn one(State(account): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let order = without(&["orderProducts"], found(&account, &id)?);
    let order = numbers_as_text(absolute_links(order, &account.base));
    Ok(wire::json(StatusCode::OK, &json!({ "ecomOrder": order })))
}

pub(super) async fn create(State(account): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let fields = fields_of(SINGULAR, &body)?.unwrap_or_default();
    checked(&fields)?;
    let is_cart = !has(&fields, "externalid");
    let id: &[&str] = match (is_cart, has(&fields, "externalcheckoutid")) {
        (false, _) => &[],
        (true, true) => &["abandonedDate"],
        (true, false) => &["externalid"],
    };
    let missing = REQUIRED.iter().chain(id).filter(|name| !has(&fields, name));
    valid(missing.map(|name| not_provided(SINGULAR, name)).collect())?;
    let now = with_offset(account.clock.now());
    let mut order = lock(&account.orders).add(|row| {
        let mut order = blank(row + 1, &now);
        write(&mut order, &fields, &now);
        order.insert("state".into(), if is_cart { ABANDONED } else { COMPLETED }.into());
        order
    });
    write_parts(&account, &mut order, &fields, &now);
    let sent = fields.get("orderProducts").cloned().unwrap_or_else(|| json!([]));
    let body = json!({
        "connections": connection_of(&account, &order).into_iter().collect::<Vec<_>>(),
        "ecomOrderProducts": sent,
        "ecomOrderDiscounts": discounts_of(&account, &order),
        SINGULAR: saved_form(order, &account.base),
    });
    Ok(wire::json(StatusCode::CREATED, &body))
}

pub(super) async fn update(
    State(account): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = fields_of(SINGULAR, &body)?;
    let mut order = found(&account, &id)?;
    let fields = sent.ok_or_else(|| Refusal::Invalid(vec![nothing(SINGULAR)]))?;
    checked(&fields)?;
    let now = with_offset(account.clock.now());
    write(&mut order, &fields, &now);
    // A cart that becomes an order after all.
    if has(&fields, "externalid") && order.get("state") == Some(&ABANDONED.into()) {
        order.insert("state".into(), RECOVERED.into());
    }
    write_parts(&account, &mut order, &fields, &now);
    let products =
        ids_of(&order, "orderProducts").filter_map(|row| PRODUCTS.rows(&account).get(row)).collect::<Vec<_>>();
    let discounts = discounts_of(&account, &order);
    let mut order = saved_form(order, &account.base);
    if let Some(state) = order.get_mut("state") {
        *state = state.to_string().into();
    }
    let body = json!({ "ecomOrderProducts": products, "ecomOrderDiscounts": discounts, SINGULAR: order });
    Ok(wire::json(StatusCode::OK, &body))
}

pub(super) async fn delete(State(account): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let deleted = records::row_of(&id).and_then(|row| {
        let mut orders = lock(&account.orders);
        let order = orders.get(row)?;
        orders.remove(row).then_some(order)
    });
    let order = deleted.ok_or(Refusal::NotFound("EcomOrder", id))?;
    for row in ids_of(&order, "orderProducts") {
        PRODUCTS.rows(&account).remove(row);
    }
    Ok(wire::json(StatusCode::OK, &json!({})))
}

/// The order of that id.
pub(super) fn found(account: &Account, id: &str) -> Result<Record, Refusal> {
    let order = records::row_of(id).and_then(|row| lock(&account.orders).get(row));
    order.ok_or_else(|| Refusal::NotFound("EcomOrder", id.to_owned()))
}

/// The products of one order.
pub(super) async fn products(
    State(account): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    found(&account, &id)?;
    let is_its = |row: crate::table::Row<'_>| row.text("orderid").as_deref() == Some(id.as_str());
    PRODUCTS.list(&account, query.as_deref(), Some((&id, &is_its)))
}

/// Refuses fields of other types, products that lack something, and a number of products or cents below zero.
fn checked(fields: &Record) -> Result<(), Refusal> {
    well_typed(SINGULAR, fields, FIELDS)?;
    let products =
        fields.get("orderProducts").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let lacking = products.clone().flat_map(|product| PRODUCT_REQUIRES.iter().filter(|name| !has(product, name)));
    valid(lacking.map(|name| not_provided("ecomOrderProduct", name)).collect())?;
    let prices = fields.get("totalPrice").into_iter().chain(products.filter_map(|product| product.get("price")));
    let below_zero = prices.filter(|price| price.as_f64().is_some_and(|price| price < 0.0));
    valid(below_zero.map(|_| fault("The price must not be less than 0.", "totalPrice")).collect())
}

fn blank(id: u64, now: &str) -> Record {
    record!({
        "externalid": null, "externalcheckoutid": null, "orderNumber": "", "orderUrl": null, "shippingMethod": null,
        "shippingAmount": 0, "taxAmount": 0, "discountAmount": 0, "totalProducts": 0, "externalUpdatedDate": null,
        "abandonedDate": null, "createdDate": now, "orderProducts": [], "orderDiscounts": [],
        "links": records::order_links(id), "id": id.to_string(),
    })
}

/// Puts what the client sent into a record, but for products and discounts, which have records of their own.
fn write(order: &mut Record, fields: &Record, now: &str) {
    let plain = FIELDS.iter().filter(|(name, kind)| *kind != Type::Objects && !name.contains('.'));
    for (name, _) in plain {
        if let Some(value) = fields.get(*name) {
            order.insert((*name).into(), value.clone());
        }
    }
    if let Some(source) = fields.get("source").and_then(wire::text_of) {
        order.insert("source".into(), source.into());
    }
    for (copy, of) in [("connection", "connectionid"), ("customer", "customerid"), ("orderDate", "externalCreatedDate")]
    {
        order.insert(copy.into(), order.get(of).cloned().unwrap_or_default());
    }
    order.insert("updatedDate".into(), now.into());
    order.insert("tstamp".into(), now.into());
}

/// Gives the products and discounts that were sent records of their own, in the place of those before, and keeps the
/// order that knows their ids.
fn write_parts(account: &Account, order: &mut Record, fields: &Record, now: &str) {
    let (order_id, connection) = (own_id(order), order.get("connectionid").cloned().unwrap_or_default());
    let objects =
        |name: &str| fields.get(name).and_then(Value::as_array).map(|sent| sent.iter().filter_map(Value::as_object));
    if let Some(sent) = objects("orderProducts") {
        let mut products = PRODUCTS.rows(account);
        for row in ids_of(order, "orderProducts") {
            products.remove(row);
        }
        let count = sent.clone().count();
        let added =
            sent.map(|product| products.add(|row| stored_product(product, row + 1, &order_id, &connection, now)));
        let ids = added.map(|product| own_id(&product)).collect::<Vec<_>>();
        order.insert("orderProducts".into(), ids.into());
        order.insert("totalProducts".into(), count.into());
    }
    if let Some(sent) = objects("orderDiscounts") {
        let mut discounts = lock(&account.discounts);
        let added = sent.map(|discount| {
            discounts.add(|row| {
                let mut stored = numbers_as_text(discount.clone());
                let own = record!({
                    "orderid": order_id, "id": (row + 1).to_string(), "createdDate": now, "updatedDate": now,
                });
                stored.extend(own);
                stored
            })
        });
        let ids = added.map(|discount| own_id(&discount)).collect::<Vec<_>>();
        order.insert("orderDiscounts".into(), ids.into());
    }
    if let Some(row) = records::row_of(&order_id) {
        lock(&account.orders).put(row, order.clone());
    }
}

fn stored_product(sent: &Record, id: u64, order: &str, connection: &Value, now: &str) -> Record {
    let mut product = record!({ "sku": "", "description": "", "category": "", "imageUrl": "", "productUrl": "" });
    product.extend(numbers_as_text(sent.clone()));
    product.extend(record!({
        "orderid": order, "ecomOrder": order, "connectionid": connection, "createdDate": now, "updatedDate": now,
        "tstamp": now, "links": { "ecomOrder": format!("/api/3/ecomOrderProducts/{id}/ecomOrder") },
        "id": id.to_string(),
    }));
    product
}

fn own_id(record: &Record) -> String {
    record.get("id").and_then(wire::text_of).unwrap_or_default()
}

/// The rows of the records that belong to an order.
fn ids_of(order: &Record, name: &str) -> impl Iterator<Item = u64> + use<> {
    let ids = order.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    ids.into_iter().filter_map(|id| records::row_of(id.as_str()?))
}

fn discounts_of(account: &Account, order: &Record) -> Vec<Record> {
    ids_of(order, "orderDiscounts").filter_map(|row| lock(&account.discounts).get(row)).collect()
}

/// The connection in the long form that only the answer to a create has.
fn connection_of(account: &Account, order: &Record) -> Option<Record> {
    let id = order.get("connectionid")?.as_str()?;
    let connection = account.connections().get(records::row_of(id)?)?;
    let service = connection.get("service").cloned().unwrap_or_default();
    let mut connection = without(&["listId"], connection);
    connection.extend(record!({
        "connectionType": "ecommerce", "sync_request_time": null, "sync_start_time": null, "credentialExpiration": null,
        "serviceName": service,
        "links": { "options": format!("/api/3/connections/{id}/options"), "customers": format!("/api/3/connections/{id}/customers") },
    }));
    Some(absolute_links(connection, &account.base))
}

/// An order as creates and updates answer it: with the host in its links, and without what it does not have.
fn saved_form(order: Record, base: &str) -> Record {
    let mut order = absolute_links(order, base);
    order.retain(|_, value| !value.is_null());
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Sandbox, records::instant, testing};

    fn cart() -> Value {
        json!({ "ecomOrder": {
            "externalcheckoutid": "cart-1", "source": 1, "email": "mira@example.com", "totalPrice": 6400,
            "currency": "EUR", "connectionid": "2", "customerid": "1", "externalCreatedDate": "2024-05-02T10:00:00-05:00",
            "abandonedDate": "2024-05-02T10:30:00-05:00",
            "orderProducts": [{ "externalid": "kite-7", "name": "Stunt kite", "price": 3200, "quantity": 2 }],
            "orderDiscounts": [{ "name": "SPRING", "type": "order", "discountAmount": 400 }],
        } })
    }

    #[tokio::test]
    async fn a_cart_is_abandoned_and_recovered() {
        let clock = ManualClock::at(instant("2024-05-02T10:30:05-05:00"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.activecampaign();
        let created = testing::send(api, "POST", "/ecomOrders", Some(cart())).await;
        let body = created.json();
        assert_eq!((created.status, &body["ecomOrder"]["state"]), (201, &json!(2)));
        assert_eq!(
            (&body["connections"][0]["id"], &body["connections"][0]["serviceName"]),
            (&json!("2"), &json!("fooCommerce"))
        );
        assert_eq!(
            (&body["ecomOrderProducts"][0]["price"], &body["ecomOrderProducts"][0]["id"]),
            (&json!(3200), &Value::Null)
        );
        assert_eq!(
            (&body["ecomOrderDiscounts"][0]["discountAmount"], &body["ecomOrderDiscounts"][0]["orderid"]),
            (&json!("400"), &json!("3"))
        );
        assert_eq!(
            (&body["ecomOrder"]["orderProducts"], &body["ecomOrder"]["customerid"]),
            (&json!(["3"]), &json!("1"))
        );

        let alone = testing::get(api, "/ecomOrders/3").await.json()["ecomOrder"].clone();
        assert_eq!((&alone["externalcheckoutid"], &alone["totalPrice"]), (&json!("cart-1"), &json!("6400")));
        let abandoned = testing::get(api, "/ecomOrders?filters[state]=2").await.json();
        assert_eq!(abandoned["meta"]["total"], "1");

        let change = json!({ "ecomOrder": {
            "externalid": "order-1", "orderProducts": [{ "externalid": "kite-8", "name": "Kite", "price": 900, "quantity": 1 }],
        } });
        let updated = testing::send(api, "PUT", "/ecomOrders/3", Some(change)).await;
        let body = updated.json();
        assert_eq!(
            (updated.status, &body["ecomOrder"]["state"], &body["ecomOrder"]["totalPrice"]),
            (200, &json!("3"), &json!(6400))
        );
        assert_eq!(
            (&body["ecomOrderProducts"][0]["id"], &body["ecomOrderProducts"][0]["price"]),
            (&json!("4"), &json!("900"))
        );
        let products = testing::get(api, "/ecomOrders/3/orderProducts").await.json();
        assert_eq!(products["ecomOrderProducts"].as_array().unwrap().len(), 1);
        assert_eq!(testing::get(api, "/ecomOrderProducts/3").await.status, 404);

        assert_eq!(testing::send(api, "DELETE", "/ecomOrders/3", None).await.json(), json!({}));
        for path in ["/ecomOrders/3", "/ecomOrders/3/orderProducts", "/ecomOrderProducts/4"] {
            assert_eq!(testing::get(api, path).await.status, 404, "{path}");
        }
        assert_eq!(testing::send(api, "PUT", "/ecomOrders/3", Some(cart())).await.status, 404);
    }

    #[tokio::test]
    async fn what_an_order_lacks_is_told() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        for (field, value, title) in [
            ("email", Value::Null, "The ecomOrder email was not provided."),
            ("abandonedDate", Value::Null, "The ecomOrder abandonedDate was not provided."),
            ("externalcheckoutid", Value::Null, "The ecomOrder externalid was not provided."),
            ("totalPrice", json!("6400"), "The ecomOrder totalPrice is not valid."),
            ("totalPrice", json!(-1), "The price must not be less than 0."),
            ("orderProducts", json!([{ "name": "Kite" }]), "The ecomOrderProduct price was not provided."),
        ] {
            let mut order = cart();
            let fields = order["ecomOrder"].as_object_mut().unwrap();
            if value.is_null() {
                fields.remove(field)
            } else {
                fields.insert(field.into(), value)
            };
            let refused = testing::send(api, "POST", "/ecomOrders", Some(order)).await;
            assert_eq!((refused.status, &refused.json()["errors"][0]["title"]), (422, &json!(title)));
        }
        let mut order = cart();
        order["ecomOrder"]["externalid"] = json!("order-1");
        order["ecomOrder"].as_object_mut().unwrap().remove("abandonedDate");
        let created = testing::send(api, "POST", "/ecomOrders", Some(order)).await;
        assert_eq!((created.status, &created.json()["ecomOrder"]["state"]), (201, &json!(1)));
    }
}

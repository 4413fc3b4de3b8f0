//! The ActiveCampaign records. Resources are numbered from 1, so that row 0 has the id 1.

use serde_json::{Value, json};

use super::{Records, field_by_field, in_turn, moment};
use crate::{
    clock,
    table::{FieldMaker, Record, Table, record},
};

/// The external services of generated connections, in turn.
const SERVICES: &[&str] = &["shopify", "woocommerce", "bigcommerce", "square", "magento"];

/// The row of a resource.
pub(crate) fn row_of(id: &str) -> Option<u64> {
    id.parse::<u64>().ok()?.checked_sub(1)
}

/// The row of the connection that starts out with this external id.
pub(crate) fn row_of_external_id(records: Records, external_id: &str) -> Option<u64> {
    match records {
        Records::Seeds => {
            let is_it = |seed: &Record| seed.get("externalid").is_some_and(|id| id == external_id);
            connection_seeds().iter().position(is_it).map(|row| row as u64)
        }
        Records::Generated { .. } => row_of(external_id.strip_prefix("store-")?.strip_suffix(".example.com")?),
    }
}

/// The connections, as a list shows them.
pub(crate) fn connections(records: Records) -> Table {
    const FIELDS: &[&str] = &[
        "service",
        "externalid",
        "name",
        "isInternal",
        "status",
        "syncStatus",
        "lastSync",
        "logoUrl",
        "linkUrl",
        "listId",
        "cdate",
        "udate",
        "links",
        "id",
    ];
    records.table(connection_seeds, FIELDS, Box::new(connection_field))
}

fn connection_field(row: u64, name: &str) -> Value {
    let id = row + 1;
    match name {
        "service" => json!(in_turn(SERVICES, row)),
        "externalid" => format!("store-{id}.example.com").into(),
        "name" => format!("Store {id}").into(),
        "isInternal" => u8::from(row.is_multiple_of(5)).to_string().into(),
        "status" => u8::from(row % 7 != 6).to_string().into(),
        "syncStatus" => u8::from(row % 11 == 10).to_string().into(),
        "lastSync" if row % 2 == 1 => Value::Null,
        "lastSync" | "cdate" | "udate" => clock::with_offset(moment(row)).into(),
        "logoUrl" | "linkUrl" if row.is_multiple_of(5) => "".into(),
        "logoUrl" => format!("https://store-{id}.example.com/logo.png").into(),
        "linkUrl" => format!("https://store-{id}.example.com/").into(),
        "listId" => (row % 3).to_string().into(),
        "links" => json!({ "customers": format!("/api/3/connections/{id}/customers") }),
        _ => id.to_string().into(),
    }
}

fn connection_seeds() -> Vec<Record> {
    vec![
        record!({
            "service": "shopify",
            "externalid": "foo.myshopify.com",
            "name": "Foo, Inc.",
            "isInternal": "1",
            "status": "1",
            "syncStatus": "0",
            "lastSync": "2017-02-02T13:09:07-06:00",
            "logoUrl": "",
            "linkUrl": "",
            "listId": "0",
            "cdate": "2017-02-02T13:09:07-06:00",
            "udate": "2017-02-02T13:09:12-06:00",
            "links": { "customers": "/api/3/connections/1/customers" },
            "id": "1",
        }),
        record!({
            "service": "fooCommerce",
            "externalid": "johndoe@example.com",
            "name": "Acme, Inc.",
            "isInternal": "0",
            "status": "1",
            "syncStatus": "0",
            "lastSync": null,
            "logoUrl": "http://example.com/i/foo.png",
            "linkUrl": "http://example.com/foo/",
            "listId": "1",
            "cdate": "2017-02-02T14:56:05-06:00",
            "udate": "2017-02-03T15:54:51-06:00",
            "links": { "customers": "/api/3/connections/2/customers" },
            "id": "2",
        }),
    ]
}

/// The customers, as a list shows them.
pub(crate) fn customers(records: Records) -> Table {
    records.table(customer_seeds, CUSTOMER_FIELDS, Box::new(|row, name| customer_field(row, row + 1, name)))
}

/// What the numbers of customers in their shops are counted from.
const CUSTOMER_NUMBER: u64 = 56_788;

/// The row of the customer that starts out with this external id.
pub(crate) fn row_of_customer(_: Records, external_id: &str) -> Option<u64> {
    external_id.parse::<u64>().ok()?.checked_sub(CUSTOMER_NUMBER + 1)
}

/// The email address of the customer and the contact in that row.
fn email(row: u64) -> String {
    format!("customer-{}@example.com", row + 1)
}

/// The row of the contact that starts out with this email address.
pub(crate) fn row_of_email(email: &str) -> Option<u64> {
    row_of(email.strip_prefix("customer-")?.strip_suffix("@example.com")?)
}

const CUSTOMER_FIELDS: &[&str] = &[
    "connectionid",
    "externalid",
    "email",
    "totalRevenue",
    "totalOrders",
    "totalProducts",
    "avgRevenuePerOrder",
    "avgProductCategory",
    "tstamp",
    "acceptsMarketing",
    "links",
    "id",
    "connection",
];

/// A customer; the vendor merges those of all connections into one with the connection 0, which is no connection.
fn customer_field(row: u64, connection: u64, name: &str) -> Value {
    let id = row + 1;
    match name {
        "connection" if connection == 0 => Value::Null,
        "connection" | "connectionid" => connection.to_string().into(),
        "externalid" if connection == 0 => "0".into(),
        "externalid" => (CUSTOMER_NUMBER + id).to_string().into(),
        "email" => email(row).into(),
        "totalRevenue" => (id * 1_250).to_string().into(),
        "totalOrders" | "totalProducts" => "1".into(),
        "avgRevenuePerOrder" => (id * 1_250).to_string().into(),
        "avgProductCategory" => json!(in_turn(&["Electronics", "Books", "Toys"], row)),
        "tstamp" => clock::with_offset(moment(row)).into(),
        "acceptsMarketing" => (row % 2).to_string().into(),
        "links" => json!({
            "connection": format!("/api/3/ecomCustomers/{id}/connection"),
            "orders": format!("/api/3/ecomCustomers/{id}/orders"),
        }),
        _ => id.to_string().into(),
    }
}

fn customer_seeds() -> Vec<Record> {
    let customer = |(row, connection)| field_by_field(CUSTOMER_FIELDS, |name| customer_field(row, connection, name));
    [(0, 1), (1, 2), (2, 0)].into_iter().map(customer).collect()
}

/// The orders, as a list shows them: sums of money and counts are numbers there.
pub(crate) fn orders(records: Records) -> Table {
    records.table(|| seeds(2, ORDER_FIELDS, order_field), ORDER_FIELDS, Box::new(order_field))
}

const ORDER_FIELDS: &[&str] = &[
    "externalid",
    "externalcheckoutid",
    "orderNumber",
    "source",
    "email",
    "currency",
    "connectionid",
    "customerid",
    "orderUrl",
    "shippingMethod",
    "totalPrice",
    "shippingAmount",
    "taxAmount",
    "discountAmount",
    "externalCreatedDate",
    "externalUpdatedDate",
    "abandonedDate",
    "totalProducts",
    "createdDate",
    "updatedDate",
    "state",
    "connection",
    "orderProducts",
    "customer",
    "orderDate",
    "tstamp",
    "links",
    "id",
];

fn order_field(row: u64, name: &str) -> Value {
    let id = row + 1;
    match name {
        "externalid" => (3_246_315_233 + id).to_string().into(),
        "externalcheckoutid" | "abandonedDate" => Value::Null,
        "orderNumber" => format!("order-{id}").into(),
        "source" => "1".into(),
        "email" => email(row).into(),
        "currency" => "USD".into(),
        "orderUrl" => format!("https://example.com/orders/{id}").into(),
        "shippingMethod" => "UPS Ground".into(),
        "totalPrice" => (id * 1_250).into(),
        "shippingAmount" => 200.into(),
        "taxAmount" => 50.into(),
        "discountAmount" => 0.into(),
        "totalProducts" | "state" => 1.into(),
        "orderProducts" => json!([id.to_string()]),
        "links" => order_links(id),
        "externalCreatedDate" | "externalUpdatedDate" | "createdDate" | "updatedDate" | "orderDate" | "tstamp" => {
            clock::with_offset(moment(row)).into()
        }
        // The order's own id, and those of its customer and connection: one of each per row.
        _ => id.to_string().into(),
    }
}

/// Where the records that belong to an order are found.
pub(crate) fn order_links(id: u64) -> Value {
    let names = ["connection", "customer", "orderProducts", "orderDiscounts", "orderActivities"];
    names.into_iter().map(|name| (name.to_owned(), format!("/api/3/ecomOrders/{id}/{name}"))).collect()
}

/// The products of the orders, one each.
pub(crate) fn products(records: Records) -> Table {
    records.table(|| seeds(2, PRODUCT_FIELDS, product_field), PRODUCT_FIELDS, Box::new(product_field))
}

const PRODUCT_FIELDS: &[&str] = &[
    "orderid",
    "connectionid",
    "externalid",
    "sku",
    "name",
    "description",
    "price",
    "quantity",
    "category",
    "imageUrl",
    "productUrl",
    "createdDate",
    "updatedDate",
    "tstamp",
    "links",
    "id",
    "ecomOrder",
];

fn product_field(row: u64, name: &str) -> Value {
    let id = row + 1;
    match name {
        "externalid" => format!("product-{id}").into(),
        "sku" => format!("SKU-{id}").into(),
        "name" => format!("Product {id}").into(),
        "description" => "".into(),
        "price" => (id * 1_250).to_string().into(),
        "quantity" => "1".into(),
        "category" => json!(in_turn(&["Electronics", "Books", "Toys"], row)),
        "imageUrl" => format!("https://example.com/products/{id}.jpg").into(),
        "productUrl" => format!("https://example.com/products/{id}").into(),
        "links" => json!({ "ecomOrder": format!("/api/3/ecomOrderProducts/{id}/ecomOrder") }),
        "createdDate" | "updatedDate" | "tstamp" => clock::with_offset(moment(row)).into(),
        // The product's own id, and those of its order and connection.
        _ => id.to_string().into(),
    }
}

/// The contacts: one for each customer.
pub(crate) fn contacts(records: Records) -> Table {
    let field: FieldMaker = Box::new(|row, name| contact_field(row, &clock::with_offset(moment(row)), name));
    let seeds = || seeds(3, CONTACT_FIELDS, |row, name| contact_field(row, &clock::with_offset(moment(row)), name));
    records.table(seeds, CONTACT_FIELDS, field)
}

/// A contact of which only that is known which each has.
pub(crate) fn contact(row: u64, now: &str) -> Record {
    field_by_field(CONTACT_FIELDS, |name| if name == "email" { "".into() } else { contact_field(row, now, name) })
}

const CONTACT_FIELDS: &[&str] = &[
    "cdate",
    "email",
    "phone",
    "firstName",
    "lastName",
    "orgid",
    "bounced_hard",
    "bounced_soft",
    "bounced_date",
    "sentcnt",
    "hash",
    "deleted",
    "anonymized",
    "udate",
    "scoreValues",
    "links",
    "id",
    "organization",
];

fn contact_field(row: u64, made: &str, name: &str) -> Value {
    let id = row + 1;
    match name {
        "cdate" | "udate" => made.into(),
        "email" => email(row).into(),
        "phone" | "firstName" | "lastName" | "hash" => "".into(),
        "bounced_date" | "organization" => Value::Null,
        "scoreValues" => json!([]),
        "links" => {
            let names = ["contactLists", "contactTags", "deals", "fieldValues", "scoreValues", "accountContacts"];
            names.into_iter().map(|name| (name.to_owned(), format!("/api/3/contacts/{id}/{name}"))).collect()
        }
        "id" => id.to_string().into(),
        _ => "0".into(),
    }
}

/// The webhooks.
pub(crate) fn webhooks(records: Records) -> Table {
    records.table(|| seeds(1, WEBHOOK_FIELDS, webhook_field), WEBHOOK_FIELDS, Box::new(webhook_field))
}

const WEBHOOK_FIELDS: &[&str] = &["cdate", "listid", "name", "url", "events", "sources", "links", "id"];

fn webhook_field(row: u64, name: &str) -> Value {
    let id = row + 1;
    match name {
        "cdate" => clock::with_offset(moment(row)).into(),
        "listid" => "0".into(),
        "name" => format!("Webhook {id}").into(),
        "url" => format!("https://hooks.example.com/{id}").into(),
        "events" => json!(["subscribe", "unsubscribe"]),
        "sources" => json!(["public", "api"]),
        "links" => json!([]),
        _ => id.to_string().into(),
    }
}

/// The events that a webhook can post (/webhook/events).
pub(crate) const EVENTS: [&str; 25] = [
    "bounce",
    "click",
    "contact_tag_added",
    "contact_tag_removed",
    "deal_add",
    "deal_note_add",
    "deal_pipeline_add",
    "deal_stage_add",
    "deal_task_add",
    "deal_task_complete",
    "deal_tasktype_add",
    "deal_update",
    "forward",
    "list_add",
    "open",
    "reply",
    "sent",
    "share",
    "sms_reply",
    "sms_sent",
    "sms_unsub",
    "subscribe",
    "subscriber_note",
    "unsubscribe",
    "update",
];

/// The first rows as they are made.
fn seeds(count: u64, fields: &[&str], field: impl Fn(u64, &str) -> Value) -> Vec<Record> {
    (0..count).map(|row| field_by_field(fields, |name| field(row, name))).collect()
}

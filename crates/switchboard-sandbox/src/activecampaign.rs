//! ActiveCampaign API v3: connections, the e-commerce customers and orders that come through them, contacts, webhooks, and
//! the user.
//!
//! One record has three forms here, as at the vendor: a list, the answer to a create or retrieve, and the answer to an
//! update type and shorten it differently. <https://developers.activecampaign.com/reference/update-connection>

mod account;
mod connections;
mod contacts;
mod forms;
mod lists;
mod orders;
mod refusal;
mod resources;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

pub(crate) use self::account::Account;
pub(crate) use self::refusal::error;
use crate::{
    lock::lock,
    records::activecampaign as records,
    wire::{self, Pairs},
};

/// The token that the account accepts.
pub(crate) const TOKEN: &str = "sandbox-activecampaign-token";

/// The paths below the base URL.
pub(crate) fn router(account: Arc<Account>) -> Router {
    Router::new()
        .route("/connections", get(connections::all).post(connections::create))
        .route("/connections/{id}", get(connections::one).put(connections::update).delete(connections::delete))
        .merge(resources::CUSTOMERS.writable())
        .route("/ecomOrders", get(orders::all).post(orders::create))
        .route("/ecomOrders/{id}", get(orders::one).put(orders::update).delete(orders::delete))
        .route("/ecomOrders/{id}/orderProducts", get(orders::products))
        .merge(resources::PRODUCTS.readable())
        .route("/contact/sync", post(contacts::sync))
        .route("/contacts", get(contacts::all))
        .route("/contacts/{id}", get(contacts::one))
        .merge(resources::WEBHOOKS.writable())
        .route("/webhook/events", get(list_events))
        .route("/users/me", get(get_me))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "No route was found for this path.") })
        .method_not_allowed_fallback(|| async { error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.") })
        .layer(from_fn_with_state(account.clone(), admit))
        .with_state(account)
}

/// Lets a request through that has the token and is within the rate limit.
async fn admit(State(account): State<Arc<Account>>, request: Request, next: Next) -> Response {
    let header = request.headers().get("api-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
    // Not documented for v3, but public client code sends the key this way.
    let token = header.or_else(|| Pairs::of_query(request.uri().query()).get("api_key").map(str::to_owned));
    if token.as_deref() != Some(TOKEN) {
        return error(StatusCode::FORBIDDEN, "The Api-Token is missing or not valid.");
    }
    let Some(limiter) = &account.limiter else { return next.run(request).await };
    let verdict = lock(limiter).check(account.clock.now());
    let mut response = match verdict.retry_after {
        None => next.run(request).await,
        Some(_) => error(StatusCode::TOO_MANY_REQUESTS, "Too many requests."),
    };
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", verdict.limit.into());
    headers.insert("ratelimit-remaining", verdict.remaining.into());
    if let Some(seconds) = verdict.retry_after {
        headers.insert("retry-after", seconds.into());
    }
    response
}

async fn get_me(State(account): State<Arc<Account>>) -> Response {
    let names = ["lists", "userGroup", "dealGroupTotals", "dealGroupUsers", "configs"];
    let link = |name: &str| (name.to_owned(), format!("{}/users/1/{name}", account.base));
    let user = json!({
        "username": "jdoe", "firstName": "John", "lastName": "Doe", "email": "johndoe@example.com", "phone": "",
        "signature": null, "links": names.into_iter().map(link).collect::<Value>(), "id": "1",
    });
    wire::json(StatusCode::OK, &json!({ "user": user }))
}

/// The events that a webhook can post, without paging.
async fn list_events() -> Response {
    let total = records::EVENTS.len();
    wire::json(StatusCode::OK, &json!({ "webhookEvents": records::EVENTS, "meta": { "total": total } }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Api, ManualClock, Records, Sandbox, records::instant, testing};

    /// The example of the vendor's page "List all connections", word for word.
    const LIST: &str = r#"{"connections":[{"service":"shopify","externalid":"foo.myshopify.com","name":"Foo, Inc.",
        "isInternal":"1","status":"1","syncStatus":"0","lastSync":"2017-02-02T13:09:07-06:00","logoUrl":"","linkUrl":"",
        "listId":"0","cdate":"2017-02-02T13:09:07-06:00","udate":"2017-02-02T13:09:12-06:00",
        "links":{"customers":"/api/3/connections/1/customers"},"id":"1"},{"service":"fooCommerce",
        "externalid":"johndoe@example.com","name":"Acme, Inc.","isInternal":"0","status":"1","syncStatus":"0",
        "lastSync":null,"logoUrl":"http://example.com/i/foo.png","linkUrl":"http://example.com/foo/","listId":"1",
        "cdate":"2017-02-02T14:56:05-06:00","udate":"2017-02-03T15:54:51-06:00",
        "links":{"customers":"/api/3/connections/2/customers"},"id":"2"}],"meta":{"total":"2"}}"#;

    /// The examples of the page "Create a connection", likewise.
    const CREATE: &str = r#"{"connection":{"service":"fooCommerce","externalid":"toystore123","name":"Toystore, Inc.",
        "logoUrl":"http://example.com/i/foo.png","linkUrl":"http://example.com/foo/","listId":"1"}}"#;
    const CREATED: &str = r#"{"connection":{"isInternal":0,"service":"fooCommerce","externalid":"toystore123",
        "name":"Toystore, Inc.","logoUrl":"http://example.com/i/foo.png","linkUrl":"http://example.com/foo/",
        "listId":"1","cdate":"2017-02-02T14:56:05-06:00","udate":"2017-02-02T14:56:05-06:00",
        "links":{"customers":"/connections/1/customers"},"id":"1"}}"#;

    fn parse(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    async fn generated(per_api: usize) -> Sandbox {
        Sandbox::builder().records(Records::Generated { per_api }).start().await.unwrap()
    }

    fn ids(answer: &testing::Answer, name: &str) -> Vec<String> {
        answer.json()[name].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn the_list_is_the_vendors_example() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let list = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!(
            (list.status, list.header("content-type"), list.json()),
            (200, Some("application/json"), parse(LIST))
        );
    }

    #[tokio::test]
    async fn a_create_answers_the_vendors_example() {
        let clock = ManualClock::at(instant("2017-02-02T14:56:05-06:00"));
        let empty = Records::Generated { per_api: 0 };
        let sandbox = Sandbox::builder().clock(clock).records(empty).start().await.unwrap();
        let created = testing::send(sandbox.activecampaign(), "POST", "/connections", Some(parse(CREATE))).await;
        assert_eq!((created.status, created.json()), (201, parse(CREATED)));
        let retrieved = testing::get(sandbox.activecampaign(), "/connections/1").await;
        assert_eq!((retrieved.status, retrieved.json()), (200, parse(CREATED)));
    }

    #[tokio::test]
    async fn the_token_is_asked_for() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let wrong = testing::get((*api, "Api-Token", "wrong"), "/connections").await;
        assert_eq!((wrong.status, wrong.json()["message"].is_string()), (403, true));
        assert_eq!(testing::get((*api, "X-Other", "1"), "/nowhere").await.status, 403);
        let legacy = format!("/connections?api_key={}", api.token());
        assert_eq!(testing::get((*api, "X-Other", "1"), &legacy).await.status, 200);
    }

    #[tokio::test]
    async fn lists_are_paged() {
        let sandbox = generated(250).await;
        let api = sandbox.activecampaign();
        let first = testing::get(api, "/connections").await;
        assert_eq!((ids(&first, "connections").len(), &first.json()["meta"]["total"]), (20, &json!("250")));
        assert_eq!(ids(&testing::get(api, "/connections?limit=1000").await, "connections").len(), 100);
        let last = testing::get(api, "/connections?limit=100&offset=200").await;
        assert_eq!((ids(&last, "connections").len(), ids(&last, "connections")[0].as_str()), (50, "201"));
        assert_eq!(ids(&testing::get(api, "/connections?offset=250").await, "connections").len(), 0);
        assert_eq!(ids(&testing::get(api, "/ecomCustomers?limit=3&offset=1").await, "ecomCustomers"), ["2", "3", "4"]);
    }

    #[tokio::test]
    async fn connections_are_filtered_and_ordered() {
        let sandbox = generated(250).await;
        let api = sandbox.activecampaign();
        let shops = testing::get(api, "/connections?filters[service]=shopify&limit=2&offset=1").await;
        assert_eq!(ids(&shops, "connections"), ["6", "11"]);
        assert_eq!(shops.json()["meta"]["total"], "50");
        let one = testing::get(api, "/connections?filters%5Bexternalid%5D=store-7.example.com").await;
        assert_eq!(ids(&one, "connections"), ["7"]);
        let none =
            testing::get(api, "/connections?filters[service]=shopify&filters[externalid]=store-7.example.com").await;
        assert_eq!((ids(&none, "connections").len(), &none.json()["meta"]["total"]), (0, &json!("0")));
        let ordered = testing::get(api, "/connections?orders[service]=ASC&orders[id]=DESC&limit=2").await;
        assert_eq!(ids(&ordered, "connections"), ["248", "243"]);
    }

    #[tokio::test]
    async fn a_create_names_every_missing_field_and_refuses_a_twin() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let body = json!({ "connection": { "name": "A", "logoUrl": "", "linkUrl": "" } });
        let missing = testing::send(api, "POST", "/connections", Some(body)).await;
        assert_eq!(missing.status, 422);
        let errors = missing.json()["errors"].clone();
        assert_eq!(errors[0]["title"], "The connection service was not provided.");
        assert_eq!(errors[1]["source"]["pointer"], "/data/attributes/externalid");
        assert_eq!(errors.as_array().unwrap().len(), 2);

        let twin = |external_id| {
            let fields =
                json!({ "service": "shopify", "externalid": external_id, "name": "A", "logoUrl": "", "linkUrl": "" });
            testing::send(api, "POST", "/connections", Some(json!({ "connection": fields })))
        };
        let refused = twin("foo.myshopify.com").await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["title"], "The integration already exists in the system.");
        assert_eq!((twin("other").await.status, twin("other").await.status), (201, 422));
        let ids = ids(&testing::get(api, "/connections").await, "connections");
        assert_eq!(ids, ["1", "2", "3"]);
        assert_eq!(testing::send(api, "POST", "/connections", None).await.status, 400);
    }

    #[tokio::test]
    async fn an_update_takes_numbers_and_answers_text() {
        let clock = ManualClock::at(instant("2017-03-01T00:00:00-06:00"));
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let api = sandbox.activecampaign();
        let body = json!({ "connection": { "name": "Acme", "status": 0, "syncStatus": 1 } });
        let updated = testing::send(api, "PUT", "/connections/2", Some(body)).await;
        let expected = json!({ "connection": {
            "service": "fooCommerce", "externalid": "johndoe@example.com", "name": "Acme", "isInternal": "0",
            "status": "0", "syncStatus": "1", "logoUrl": "http://example.com/i/foo.png",
            "linkUrl": "http://example.com/foo/", "listId": "1", "cdate": "2017-02-02T14:56:05-06:00",
            "udate": "2017-03-01T00:00:00-06:00", "links": { "customers": "/api/3/connections/2/customers" }, "id": "2",
        } });
        assert_eq!((updated.status, updated.json()), (200, expected));
        let body = json!({ "connection": { "status": 7 } });
        assert_eq!(testing::send(api, "PUT", "/connections/2", Some(body)).await.status, 422);
        let body = json!({ "connection": { "service": "shopify", "externalid": "foo.myshopify.com" } });
        assert_eq!(testing::send(api, "PUT", "/connections/2", Some(body)).await.status, 422);
    }

    #[tokio::test]
    async fn what_is_deleted_is_gone() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let deleted = testing::send(api, "DELETE", "/connections/1", None).await;
        assert_eq!((deleted.status, deleted.json()), (200, json!({})));
        for method in ["GET", "PUT", "DELETE"] {
            let gone = testing::send(api, method, "/connections/1", (method == "PUT").then(|| json!({}))).await;
            let message = json!({ "message": "No Result found for Connection with id 1" });
            assert_eq!((gone.status, gone.json()), (404, message));
        }
        assert_eq!(testing::get(api, "/connections").await.json()["meta"]["total"], "1");
        assert_eq!(testing::get(api, "/connections/abc").await.status, 404);
    }

    #[tokio::test]
    async fn a_merged_customer_has_no_connection() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let list = testing::get(api, "/ecomCustomers?filters[connectionid]=0").await;
        assert_eq!(ids(&list, "ecomCustomers"), ["3"]);
        let customer = testing::get(api, "/ecomCustomers/3").await.json()["ecomCustomer"].clone();
        assert_eq!((&customer["connection"], &customer["totalOrders"]), (&Value::Null, &json!("1")));
        let link = format!("{}/ecomCustomers/3/orders", api.base_url());
        assert_eq!(customer["links"]["orders"], link);
        assert_eq!(testing::get(api, "/ecomCustomers/9").await.status, 404);
    }

    #[tokio::test]
    async fn an_order_has_numbers_in_a_list_and_text_alone() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        let list = testing::get(api, "/ecomOrders?filters[state]=1&filters[external_created_date]=2024-01-01").await;
        assert_eq!((ids(&list, "ecomOrders").len(), &list.json()["ecomOrders"][0]["totalPrice"]), (2, &json!(1250)));
        let order = testing::get(api, "/ecomOrders/1").await.json()["ecomOrder"].clone();
        assert_eq!((&order["totalPrice"], &order["externalcheckoutid"]), (&json!("1250"), &Value::Null));
        let down = testing::get(api, "/ecomOrders?orders[external_created_date]=DESC").await;
        assert_eq!(ids(&down, "ecomOrders"), ["2", "1"]);
        assert_eq!(testing::get(api, "/ecomOrders?filters[connectionid]=0").await.status, 422);
        assert_eq!(testing::get(api, "/ecomOrders/3").await.status, 404);
    }

    #[tokio::test]
    async fn the_user_and_unknown_paths() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        assert_eq!(testing::get(api, "/users/me").await.json()["user"]["username"], "jdoe");
        assert_eq!(testing::get(api, "/lists").await.status, 404);
        let events = testing::get(api, "/webhook/events").await.json();
        assert_eq!((&events["webhookEvents"][0], &events["meta"]["total"]), (&json!("bounce"), &json!(25)));
        assert_eq!(testing::send(api, "PATCH", "/connections/1", None).await.status, 405);
    }

    #[tokio::test]
    async fn the_rate_limit_is_told_and_kept() {
        let clock = ManualClock::at(instant("2026-01-01T00:00:00Z"));
        let builder = Sandbox::builder().clock(clock.clone()).rate_limit(2, Duration::from_secs(1));
        let sandbox = builder.start().await.unwrap();
        let api = sandbox.activecampaign();
        let first = testing::get(api, "/users/me").await;
        assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), (Some("2"), Some("1")));
        testing::get(api, "/users/me").await;
        let refused = testing::get(api, "/users/me").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
        clock.advance(Duration::from_secs(1));
        assert_eq!(testing::get(api, "/users/me").await.status, 200);
        assert_eq!(sandbox.requests().iter().filter(|it| it.api == Some(Api::ActiveCampaign)).count(), 4);
    }

    #[tokio::test]
    async fn a_million_connections_are_no_burden() {
        let sandbox = generated(1_000_000).await;
        let api = sandbox.activecampaign();
        let last = testing::get(api, "/connections?limit=100&offset=999900").await;
        assert_eq!(ids(&last, "connections").last().map(String::as_str), Some("1000000"));
        assert_eq!(testing::send(api, "DELETE", "/connections/1", None).await.status, 200);
        let last = testing::get(api, "/connections?limit=100&offset=999998").await;
        assert_eq!(ids(&last, "connections"), ["1000000"]);
        assert_eq!(last.json()["meta"]["total"], "999999");
    }
}

//! What stands next to connections in the three APIs, called by the typed clients.

// What fails here fails a test.
#![allow(clippy::unwrap_used)]

mod common;

use common::sandbox;
use switchboard::{activecampaign::types as ac, sitecore_personalize::types as sitecore, unified_to::types as unified};

#[tokio::test]
async fn a_shop_brings_in_customers_and_orders() {
    let sandbox = sandbox().await;
    let client = common::activecampaign(&sandbox);

    let customer = ac::NewEcomCustomer::new("1", "shopper-1", "mira@example.com").accepts_marketing("1");
    let created = client.create_customer(ac::CreateEcomCustomerRequest::new(customer)).send().await.unwrap();
    let id = created.into_inner().ecom_customer.unwrap().id.unwrap();
    let change = ac::EcomCustomerUpdate::new().accepts_marketing("0");
    let changed = client.update_customer(&id, ac::UpdateEcomCustomerRequest::new(change)).send().await.unwrap();
    assert_eq!(changed.into_inner().ecom_customer.unwrap().accepts_marketing.as_deref(), Some("0"));

    let cart = ac::NewEcomOrder::new(ac::NewEcomOrderRequired {
        source: 1,
        email: "mira@example.com".to_owned(),
        total_price: 6400,
        currency: "EUR".to_owned(),
        connectionid: "1".to_owned(),
        customerid: id.clone(),
        external_created_date: "2024-05-02T10:00:00-05:00".into(),
    });
    let cart = cart
        .externalcheckoutid("cart-1")
        .abandoned_date("2024-05-02T10:30:00-05:00")
        .order_products([ac::NewEcomOrderProduct::new("Stunt kite", 3200, 2, "kite-7")])
        .order_discounts([ac::NewEcomOrderDiscount::new().name("SPRING").type_("order").discount_amount(400)]);
    let saved = client.create_order(ac::CreateEcomOrderRequest::new(cart)).send().await.unwrap().into_inner();
    let order = saved.ecom_order.unwrap();
    assert_eq!((order.state.unwrap().to_string(), saved.connections.unwrap().len()), ("2".to_owned(), 1));
    let order = order.id.unwrap();
    let change = ac::EcomOrderUpdate::new().externalid("order-1");
    let saved = client.update_order(&order, ac::UpdateEcomOrderRequest::new(change)).send().await.unwrap().into_inner();
    assert_eq!(saved.ecom_order.unwrap().state.unwrap().to_string(), "3");

    let mut products = client.list_order_products(&order).stream();
    let product = products.try_next().await.unwrap().unwrap();
    assert!(products.try_next().await.unwrap().is_none());
    let alone = client.get_order_product(product.id.unwrap()).send().await.unwrap().into_inner();
    assert_eq!(alone.ecom_order_product.unwrap().name, product.name);
    let mut all = 0;
    let mut products = client.list_all_order_products().stream();
    while products.try_next().await.unwrap().is_some() {
        all += 1;
    }
    assert_eq!(all, 3);

    client.delete_order(&order).send().await.unwrap();
    client.delete_customer(&id).send().await.unwrap();
    assert!(client.get_order(order).send().await.is_err());
}

#[tokio::test]
async fn contacts_are_synced_and_webhooks_kept() {
    let sandbox = sandbox().await;
    let client = common::activecampaign(&sandbox);

    let contact = ac::ContactData::new("mira@example.com")
        .first_name("Mira")
        .field_values([ac::NewContactFieldValue::new("2", "Kites")]);
    let synced = client.sync_contact(ac::SyncContactRequest::new(contact)).send().await.unwrap().into_inner();
    let id = synced.contact.unwrap().id.unwrap();
    let mut found = client.list_all_contacts().email("mira@example.com").stream();
    assert_eq!(found.try_next().await.unwrap().unwrap().id.as_ref(), Some(&id));
    let alone = client.get_contact(id).send().await.unwrap().into_inner();
    assert_eq!(alone.field_values.unwrap().len(), 1);

    let events = client.list_webhook_events().send().await.unwrap().into_inner().webhook_events.unwrap();
    let hook = ac::NewWebhook::new("A", "https://hooks.example.com/a", events, ["api"]).listid(3);
    let hook = client.create_webhook(ac::CreateWebhookRequest::new(hook)).send().await.unwrap().into_inner();
    let id = hook.webhook.unwrap().id.unwrap();
    let change = ac::WebhookUpdate::new().name("B");
    client.update_webhook(&id, ac::UpdateWebhookRequest::new(change)).send().await.unwrap();
    let hook = client.get_webhook(&id).send().await.unwrap().into_inner().webhook.unwrap();
    assert_eq!((hook.name.as_deref(), hook.listid.as_deref()), (Some("B"), Some("3")));
    let mut hooks = client.list_all_webhooks().filters_name("B").stream();
    assert_eq!(hooks.try_next().await.unwrap().unwrap().id.as_ref(), Some(&id));
    client.delete_webhook(id).send().await.unwrap();
}

#[tokio::test]
async fn webhooks_are_changed_and_calls_and_issues_read() {
    let sandbox = sandbox().await;
    let client = common::unified_to(&sandbox);

    let hook = client.list_unified_webhooks().stream().try_next().await.unwrap().unwrap();
    let id = hook.id.clone().unwrap();
    let database = hook.db_url("postgres://user:hunter2@db.example.com/app");
    let changed = client.patch_unified_webhook(&id, database).send().await.unwrap().into_inner();
    assert!(!format!("{changed:?}").contains("hunter2"));
    let event = unified::Webhook::new(changed.connection_id, "crm_deal", "created");
    client.update_unified_webhook(&id, event).send().await.unwrap();
    client.trigger_unified_webhook(&id).send().await.unwrap();
    let hook = client.get_unified_webhook(&id).send().await.unwrap().into_inner();
    assert!(hook.checked_at.is_some() && hook.db_url.is_none());

    let call = client.list_unified_api_calls().type_("inbound").stream().try_next().await.unwrap().unwrap();
    let alone = client.get_unified_api_call(call.id.clone().unwrap()).send().await.unwrap().into_inner();
    assert_eq!(alone, call);
    let issue = client.list_unified_issues().stream().try_next().await.unwrap().unwrap();
    let alone = client.get_unified_issue(issue.id.clone().unwrap()).send().await.unwrap().into_inner();
    assert_eq!(alone, issue);
    let url = client.get_unified_integration_login("w", "hubspot").state("s").send().await.unwrap().into_inner();
    assert!(url.contains("state=s"));
}

#[tokio::test]
async fn decision_models_are_written_and_flows_read() {
    let sandbox = sandbox().await;
    let client = common::sitecore_personalize(&sandbox);

    let draft = sitecore::DecisionModelDraft::new().name("Choose an upsell");
    let model = client.create_decision_model(draft).send().await.unwrap().into_inner();
    let reference = model.ref_.unwrap();
    let draft = sitecore::DecisionModelDraft::new().name("Choose a gift").archived(true);
    let model = client.update_decision_model(&reference, draft).send().await.unwrap().into_inner();
    assert_eq!((model.revision, model.archived), (Some(2), Some(true)));
    let revisions = client.retrieve_decision_model_revisions(&reference).send().await.unwrap().into_inner();
    assert_eq!(revisions.items.unwrap().len(), 2);

    let first = client.retrieve_decision_models().send().await.unwrap().into_inner().items.unwrap().remove(0);
    let variants = client.retrieve_decision_model_variants(first.ref_.unwrap()).send().await.unwrap().into_inner();
    let variant = variants.items.unwrap().remove(0);
    let alone =
        client.retrieve_decision_model_variant(variant.ref_.clone().unwrap()).send().await.unwrap().into_inner();
    assert_eq!(alone, variant);

    let flow = client.retrieve_flows().send().await.unwrap().into_inner().items.unwrap().remove(0);
    let alone = client.retrieve_flow(flow.ref_.clone().unwrap()).send().await.unwrap().into_inner();
    assert_eq!(alone, flow);
}

/// The sandbox has no services behind it, so that it finds nothing there; but it says what it was asked.
#[tokio::test]
async fn a_connected_service_is_called_by_way_of_its_connection() {
    let sandbox = sandbox().await;
    let provider = switchboard::UnifiedTo::new(common::unified_to(&sandbox));
    for (id, path) in [("6659f1c2", "/crm/v3/owners"), ("a/b?c", "owners")] {
        let call = provider.passthrough("PATCH", id, path).query("limit", "10").json(&serde_json::json!({ "a": 1 }));
        assert_eq!(call.send().await.unwrap_err().status().map(|it| it.as_u16()), Some(404));
    }
    let requests: Vec<_> = sandbox.unified_to().requests().into_iter().map(|it| (it.method, it.path)).collect();
    let expected = ["/passthrough/6659f1c2/crm/v3/owners", "/passthrough/a%2Fb%3Fc/owners"];
    assert_eq!(requests, expected.map(|path| ("PATCH".to_owned(), path.to_owned())));
}

//! What an account holds.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::{Clock, Records, lock::lock, rate_limit::RateLimiter, records::activecampaign as records, table::Table};

/// The state of one account.
pub(crate) struct Account {
    /// The base URL of the API, for links.
    pub(super) base: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) records: Records,
    pub(super) connections: Mutex<Table>,
    pub(super) customers: Mutex<Table>,
    pub(super) orders: Mutex<Table>,
    pub(super) products: Mutex<Table>,
    pub(super) discounts: Mutex<Table>,
    pub(super) contacts: Mutex<Table>,
    /// The values that contacts have of custom fields.
    pub(super) values: Mutex<Table>,
    pub(super) webhooks: Mutex<Table>,
    pub(super) limiter: Option<Mutex<RateLimiter>>,
}

impl Account {
    pub(crate) fn new(base: String, clock: Arc<dyn Clock>, records: Records, limiter: Option<RateLimiter>) -> Self {
        Self {
            base,
            clock,
            records,
            connections: Mutex::new(records::connections(records)),
            customers: Mutex::new(records::customers(records)),
            orders: Mutex::new(records::orders(records)),
            products: Mutex::new(records::products(records)),
            discounts: Mutex::default(),
            contacts: Mutex::new(records::contacts(records)),
            values: Mutex::default(),
            webhooks: Mutex::new(records::webhooks(records)),
            limiter: limiter.map(Mutex::new),
        }
    }

    pub(super) fn connections(&self) -> MutexGuard<'_, Table> {
        lock(&self.connections)
    }
}

/// The account, as the handlers share it.
pub(super) type Shared = Arc<Account>;

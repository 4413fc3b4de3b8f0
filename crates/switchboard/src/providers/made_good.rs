//! What had to be made good in a vendor's record goes with its connection, unless it is the id.

use switchboard_runtime::Repair;

use crate::connection::is_made_up;
use crate::{Connection, Error, Operation};

/// Refuses to change a connection by an answer in which something had to be made good: what a change sends back as it is
/// would take the place of what the vendor has. A value of another type says the same.
#[cfg(any(feature = "unified-to", feature = "sitecore-personalize"))]
pub(super) fn whole<'a>(provider: &str, repairs: impl IntoIterator<Item = &'a Repair>) -> Result<(), Error> {
    match repairs.into_iter().find(|repair| is_made_up(repair)) {
        Some(repair) => {
            let reason = format!("what a change sends back as it is did not come whole: {repair}");
            Err(Error::unreadable(provider, Operation::Update, reason))
        }
        None => Ok(()),
    }
}

/// A connection of a list with what had to be made good in its record. One whose id, the property `id`, had to be is an
/// error: by what was made up nothing is found again, and whoever mirrors a list would take it for another connection.
pub(super) fn told(connection: Connection, repairs: Vec<Repair>, id: &str) -> Result<Connection, Error> {
    let is_id = |path: &str| path.split_once("].").is_some_and(|(_, own)| own == id);
    match repairs.iter().find(|repair| is_made_up(repair) && is_id(&repair.path)) {
        Some(repair) => {
            let reason = format!("a connection without an id: {repair}");
            Err(Error::unreadable(connection.provider, Operation::List, reason))
        }
        None => Ok(Connection { repairs, ..connection }),
    }
}

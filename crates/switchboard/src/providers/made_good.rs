//! What had to be made good in a vendor's record goes with its connection, unless it is the id.

use switchboard_runtime::Repair;
use switchboard_runtime::decode::Fault;

use crate::{Connection, Error, Operation};

/// A connection of a list with what had to be made good in its record. One whose id, the property `id`, had to be is an
/// error: by what was made up nothing is found again, and whoever mirrors a list would take it for another connection.
pub(super) fn told(connection: Connection, repairs: Vec<Repair>, id: &str) -> Result<Connection, Error> {
    let is_id = |path: &str| path.split_once("].").is_some_and(|(_, own)| own == id);
    // The number 7 says the same as the text does.
    let is_made_up = |repair: &&Repair| repair.fault != Fault::Converted && is_id(&repair.path);
    match repairs.iter().find(is_made_up) {
        Some(repair) => {
            let reason = format!("a connection without an id: {repair}");
            Err(Error::unreadable(connection.provider, Operation::List, reason))
        }
        None => Ok(Connection { repairs, ..connection }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_made_up_is_an_error_and_nothing_else_is() {
        let told = |path: &str, fault| {
            let repair = Repair { path: path.to_owned(), fault };
            told(Connection::new("mine", "1", serde_json::json!({})), vec![repair], "id").map(|told| told.repairs.len())
        };
        for (path, fault) in
            [("[0].name", Fault::Null), ("items[3].links[0].id", Fault::Missing), ("[0].id", Fault::Converted)]
        {
            assert_eq!(told(path, fault).unwrap(), 1, "{path}");
        }
        for fault in [Fault::Garbled, Fault::Missing, Fault::Imprecise] {
            let error = told("items[3].id", fault).unwrap_err().to_string();
            assert!(error.starts_with("mine: cannot list: a connection without an id: items[3].id: "), "{error}");
        }
    }
}

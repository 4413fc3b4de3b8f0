//! What the `mapping` of a discriminator says.

use serde_json::Value;

/// The values that a discriminator's mapping gives to what `reference` leads to.
pub fn mapped(discriminator: &Value, reference: &str) -> Vec<String> {
    let name = reference.rsplit('/').next().unwrap_or_default();
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapped = mapping.into_iter().flatten().filter(|(_, target)| *target == reference || *target == name);
    mapped.map(|(value, _)| value.clone()).collect()
}

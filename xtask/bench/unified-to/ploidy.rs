//! Lists connections with the crate that ploidy makes.

use unified_to::client::{Client, default::parameters::ListUnifiedConnectionsQuery};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new("https://api.unified.to")?.with_header("authorization", std::env::var("TOKEN")?)?;
    let query = ListUnifiedConnectionsQuery { limit: Some(10.0), ..Default::default() };
    let connections = client.list_unified_connections(&query).await?;
    println!("{}", connections.len());
    Ok(())
}

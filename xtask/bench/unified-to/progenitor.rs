//! Lists connections with the crate that progenitor makes, with its builders. It leaves credentials to the client of reqwest
//! that it is given.

use unified_to::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new("https://api.unified.to");
    let connections = client.list_unified_connections().limit(10.0).send().await?;
    println!("{}", connections.len());
    Ok(())
}

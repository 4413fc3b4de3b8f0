//! Lists connections with the crate that this repository makes.

use unified_to::{Client, Server};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().server(Server::na()).jwt(std::env::var("TOKEN")?).build()?;
    let connections = client.list_unified_connections().limit(10).send().await?;
    println!("{}", connections.len());
    Ok(())
}

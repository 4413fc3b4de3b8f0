//! Lists connections with the crate that openapi-to-rust makes.

use unified_to::generated::client::HttpClient;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = HttpClient::new().with_base_url("https://api.unified.to").with_api_key(std::env::var("TOKEN")?);
    let none = None::<&str>;
    let connections = client.list_unified_connections(Some(10.0), None, none, None, None, none, None, none).await?;
    println!("{}", connections.len());
    Ok(())
}

//! A first call: the simplest operation of the document, as code that compiles.

use crate::plan::{CLIENT, Layout, Operation, Plan, Required, SchemeKind, Success};
use crate::polish::examples;

/// The operation that shows how a call is made.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    operation: &'a Operation,
}

impl Call<'_> {
    /// The features of the crate without which there is no such call.
    pub fn features(&self, layout: &Layout) -> Vec<String> {
        std::iter::once(CLIENT).chain(layout.feature(self.operation)).map(str::to_owned).collect()
    }
}

/// The simplest operation: a GET with as few required parameters as there are, all of them text or numbers.
pub fn choose(plan: &Plan) -> Option<Call<'_>> {
    plan.operations
        .iter()
        .filter(|operation| !operation.deprecated && operation.body.as_ref().is_none_or(|body| !body.required))
        .filter(|operation| arguments(operation, plan).is_some())
        .min_by_key(|operation| {
            let json = matches!(&operation.success, Success::One(payload) if payload.value().is_some());
            (operation.method != "GET", !json, operation.required().len(), operation.paging.is_none())
        })
        .map(|operation| Call { operation })
}

/// Values to show for what is required, where all of it is parameters that can be shown, and no struct.
pub fn arguments(operation: &Operation, plan: &Plan) -> Option<Vec<String>> {
    let shown = |required: &Required<'_>| match required {
        Required::Parameter(parameter) => examples::literal(&parameter.ty, &parameter.ident, plan),
        Required::Part(_) | Required::Body(_) => None,
    };
    operation.required().iter().map(shown).collect::<Option<Vec<_>>>().filter(|_| operation.required_ident.is_none())
}

/// The example: what it imports, and its statements.
struct Example {
    import: String,
    statements: String,
}

/// The example as it stands in prose.
pub fn body(plan: &Plan, call: Call<'_>) -> String {
    let Example { import, statements } = example(plan, call);
    format!("{import}\n\n{statements}")
}

fn example(plan: &Plan, call: Call<'_>) -> Example {
    let operation = call.operation;
    let server = server(plan);
    let imports = match (&server, needs_client_credentials(plan)) {
        (Some(_), Some(_)) => "{Client, ClientCredentials, Server}",
        (Some(_), None) => "{Client, Server}",
        (None, Some(_)) => "{Client, ClientCredentials}",
        (None, None) => "Client",
    };
    let import = format!("use {}::{imports};", plan.api.crate_ident());
    let mut text = "let client = Client::builder()\n".to_owned();
    text.push_str(&server.map_or_else(
        || "    .base_url(\"https://api.example.com\")\n".to_owned(),
        |server| format!("    .server({server})\n"),
    ));
    if let Some(credential) = credential(plan) {
        text.push_str(&format!("    .{credential}\n"));
    }
    text.push_str("    .build()?;\n\n");
    let arguments = arguments(operation, plan).unwrap_or_default().join(", ");
    text.push_str(&format!(
        "let response = client.{}({arguments}).send().await?;\nprintln!(\"{{}}\", response.status());\n",
        operation.method_path()
    ));
    Example { import, statements: text }
}

/// How the first server is made; none where the document names none that can be called.
fn server(plan: &Plan) -> Option<String> {
    let server = plan.api.servers.first().filter(|server| server.url.contains("://"))?;
    let arguments: Vec<String> = server
        .variables
        .iter()
        .filter(|variable| variable.is_placeholder())
        .map(|variable| format!("\"{}\"", escape(variable.default.as_deref().unwrap_or_default())))
        .collect();
    Some(format!("Server::{}({})", server.ident, arguments.join(", ")))
}

fn escape(text: &str) -> String {
    text.chars().filter(|character| character.is_ascii_alphanumeric() || "-_.".contains(*character)).collect()
}

fn needs_client_credentials(plan: &Plan) -> Option<()> {
    plan.api
        .schemes
        .first()
        .filter(|scheme| matches!(scheme.kind, SchemeKind::OAuth2 { client_credentials: Some(_) }))
        .map(|_| ())
}

/// How the first credential is set.
fn credential(plan: &Plan) -> Option<String> {
    let scheme = plan.api.schemes.first()?;
    let name = &scheme.ident;
    Some(match &scheme.kind {
        SchemeKind::Basic => format!("{name}(\"user\", \"password\")"),
        SchemeKind::OAuth2 { client_credentials: Some(_) } => {
            format!("{name}(ClientCredentials::new(\"id\", \"secret\"))")
        }
        SchemeKind::MutualTls => return None,
        _ => format!("{name}(\"secret\")"),
    })
}

/// The same as a program, below what it says of itself: that, and the code.
pub fn program(plan: &Plan, call: Call<'_>) -> (String, String) {
    let docs = format!("//! Makes one call: `{} {}`.", call.operation.method, call.operation.path.replace('`', "'"));
    let Example { import, statements } = example(plan, call);
    let mut code = format!(
        "{import}\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n"
    );
    for line in statements.lines() {
        if !line.is_empty() {
            code.push_str("    ");
            code.push_str(line);
        }
        code.push('\n');
    }
    code.push_str("    Ok(())\n}\n");
    (docs, code)
}

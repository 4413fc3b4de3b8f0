//! `parameters.json`: every place and style. The expected texts are those of RFC 6570 and of the tables in OpenAPI 3.0.4,
//! section 4.7.12.5.

use golden_parameters::Client;
use golden_parameters::calls::{PathLabelRequired, PathMatrixRequired};
use golden_parameters::types::*;

use crate::server::Server;

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn color() -> Color {
    Color::new(100).g(200).name("a b")
}

#[tokio::test]
async fn path_simple() {
    let server = Server::accepting();
    let call = client(&server).path_simple("a/b, c", [1, 2], color(), color()).send().await;
    call.unwrap();
    assert_eq!(server.line(), "GET /simple/a%2Fb%2C%20c/1,2/G,200,R,100,name,a%20b/G=200,R=100,name=a%20b");
}

#[tokio::test]
async fn path_label() {
    let server = Server::accepting();
    let client = client(&server);
    let required = PathLabelRequired {
        text: "x".to_owned(),
        list: vec!["a".to_owned(), "b".to_owned()],
        list_exploded: vec!["a".to_owned(), "b".to_owned()],
        object: color(),
        object_exploded: color(),
    };
    client.path_label(required).send().await.unwrap();
    assert_eq!(server.line(), "GET /label/.x/.a,b/.a.b/.G,200,R,100,name,a%20b/.G=200.R=100.name=a%20b");
}

#[tokio::test]
async fn path_matrix() {
    let server = Server::accepting();
    let client = client(&server);
    let required = PathMatrixRequired {
        text: "x".to_owned(),
        list: vec!["a".to_owned(), "b".to_owned()],
        list_exploded: vec!["a".to_owned(), "b".to_owned()],
        object: color(),
        object_exploded: color(),
    };
    client.path_matrix(required).send().await.unwrap();
    let expected = "GET /matrix/;text=x/;list=a,b/;listExploded=a;listExploded=b\
                    /;object=G,200,R,100,name,a%20b/;G=200;R=100;name=a%20b";
    assert_eq!(server.line(), expected);
}

#[tokio::test]
async fn path_json() {
    let server = Server::accepting();
    let call = client(&server).path_json(Color::new(1)).send().await;
    call.unwrap();
    assert_eq!(server.line(), "GET /jsonKey/%7B%22R%22%3A1%7D");
}

#[tokio::test]
async fn a_template_with_text_beside_its_variables() {
    let server = Server::accepting();
    client(&server).cancel_job("7").send().await.unwrap();
    assert_eq!(server.line(), "POST /jobs/7:cancel");

    let server = Server::accepting();
    client(&server).file_by_name("a.b", FileByNameExtension::Png).send().await.unwrap();
    assert_eq!(server.line(), "GET /files/a.b.png");

    let server = Server::accepting();
    client(&server).rows_of_table(3).send().await.unwrap();
    assert_eq!(server.line(), "GET /tables(3)/rows");
}

#[tokio::test]
async fn a_path_parameter_cannot_be_empty_or_climb() {
    let server = Server::accepting();
    let client = client(&server);
    assert!(client.cancel_job("").send().await.is_err());
    let climbing = client.path_simple("..", [1], color(), color()).send().await;
    assert!(climbing.is_err());
}

#[tokio::test]
async fn query_scalars_and_what_is_not_set_is_not_sent() {
    let server = Server::accepting();
    let client_of_all = client(&server);
    let call = client_of_all.query_scalars("a b&c=d/é").whole(-1).number(2.0).flag(true).day("2026-01-31");
    call.sort("-name").one_or_other(7).send().await.unwrap();
    let expected = "text=a%20b%26c%3Dd%2F%C3%A9&whole=-1&number=2&flag=true&day=2026-01-31&sort=-name\
                    &one%20or%20other=7";
    assert_eq!(server.query(), expected);

    let server = Server::accepting();
    client(&server).query_scalars("").send().await.unwrap();
    assert_eq!(server.line(), "GET /query/scalars?text=");
}

#[tokio::test]
async fn a_query_parameter_of_several_shapes_is_written_as_the_one_it_has() {
    let server = Server::accepting();
    client(&server).query_scalars("x").text_or_list(["a", "b"]).send().await.unwrap();
    assert_eq!(server.query(), "text=x&textOrList=a&textOrList=b");
    let server = Server::accepting();
    client(&server).query_scalars("x").text_or_list("a").send().await.unwrap();
    assert_eq!(server.query(), "text=x&textOrList=a");
}

#[tokio::test]
async fn query_lists_exploded_joined_spaced_and_piped() {
    let server = Server::accepting();
    let client_of_lists = client(&server);
    let call = client_of_lists.query_lists().exploded(["a", "b,c"]).joined(["a", "b,c"]).spaced(["a", "b"]);
    let call = call.spaced_exploded(["a", "b"]).piped([1, 2]).bracketed([3, 4]);
    call.sorts([QueryListsSort::A, "new".into()]).send().await.unwrap();
    let expected = "exploded=a&exploded=b%2Cc&joined=a,b%2Cc&spaced=a%20b&spacedExploded=a&spacedExploded=b\
                    &piped=1%7C2&bracketed%5B%5D=3&bracketed%5B%5D=4&sorts=a,new";
    assert_eq!(server.query(), expected);
}

#[tokio::test]
async fn query_objects_exploded_joined_deep_and_as_json() {
    let server = Server::accepting();
    let filter = || Filter::new().name("n").since(FilterSince::new().year(2026));
    let client_of_objects = client(&server);
    let call = client_of_objects.query_objects().joined(color()).deep(filter().tags(["x"]));
    call.json(filter()).send().await.unwrap();
    let expected = "joined=G,200,R,100,name,a%20b&deep%5Bname%5D=n&deep%5Bsince%5D%5Byear%5D=2026\
                    &deep%5Btags%5D%5B0%5D=x\
                    &json=%7B%22name%22%3A%22n%22%2C%22since%22%3A%7B%22year%22%3A2026%7D%7D";
    assert_eq!(server.query(), expected);

    let server = Server::accepting();
    client(&server).query_objects().exploded(color()).send().await.unwrap();
    assert_eq!(server.query(), "G=200&R=100&name=a%20b");

    let server = Server::accepting();
    let free = [("any", "thing"), ("x[y]", "z")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    client(&server).query_objects().free(free).send().await.unwrap();
    assert_eq!(server.query(), "any=thing&x%5By%5D=z");
}

#[tokio::test]
async fn names_with_brackets_are_literal() {
    let server = Server::accepting();
    client(&server).query_objects().filters_service("shopify").filters_type("a").send().await.unwrap();
    assert_eq!(server.query(), "filters%5Bservice%5D=shopify&filters%5Btype%5D=a");
}

#[tokio::test]
async fn allow_reserved_keeps_reserved_characters_of_this_parameter_alone() {
    let server = Server::accepting();
    // Not the apostrophe: a URL of the web never has one in its query (WHATWG URL, section 1.3).
    let reserved = ":/?@!$()*+,;=[]";
    client(&server).query_reserved().kept(format!("{reserved} &#")).encoded(reserved).send().await.unwrap();
    let encoded = "%3A%2F%3F%40%21%24%28%29%2A%2B%2C%3B%3D%5B%5D";
    assert_eq!(server.query(), format!("kept={reserved}%20%26%23&encoded={encoded}"));
}

#[tokio::test]
async fn a_query_in_the_path_template_is_kept() {
    let server = Server::accepting();
    client(&server).query_in_the_path().more("x").send().await.unwrap();
    assert_eq!(server.line(), "GET /query/fixed?version=2&more=x");
}

#[tokio::test]
async fn headers_of_every_type() {
    let server = Server::accepting();
    let client = client(&server);
    let call = client.headers("a b/é").x_mode(HeadersXMode::FastCapitalized).x_count(3).x_list([1, 2]);
    call.x_object(color()).x_exploded(color()).x_json(Color::new(1)).send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.header("X-Mode"), Some("Fast"));
    assert_eq!(seen.header("X-Text"), Some("a b/é"));
    assert_eq!(seen.header("X-Count"), Some("3"));
    assert_eq!(seen.header("X-List"), Some("1,2"));
    assert_eq!(seen.header("X-Object"), Some("G,200,R,100,name,a b"));
    assert_eq!(seen.header("X-Exploded"), Some("G=200,R=100,name=a b"));
    assert_eq!(seen.header("X-Json"), Some(r#"{"R":1}"#));
}

#[tokio::test]
async fn no_header_is_sent_that_nobody_asked_for() {
    let server = Server::accepting();
    client(&server).headers("a").send().await.unwrap();
    let seen = server.seen();
    // The HTTP client's own: it unpacks gzip, and any answer will do, which is what no `Accept` at all says too.
    assert_eq!(seen.header("Accept"), Some("*/*"));
    assert_eq!(seen.header_names(), ["accept", "accept-encoding", "host", "user-agent", "x-text"]);
    assert!(seen.body.is_empty());
}

#[tokio::test]
async fn a_header_cannot_smuggle_another() {
    let server = Server::accepting();
    assert!(client(&server).headers("a\r\nX-Other: b").send().await.is_err());
}

#[tokio::test]
async fn cookies_are_one_header() {
    let server = Server::accepting();
    client(&server).cookies("a;b=c d").list([1, 2]).debug(true).send().await.unwrap();
    assert_eq!(server.seen().header("Cookie"), Some("session=a%3Bb=c%20d; list=1,2; debug=true"));
}

#[tokio::test]
async fn one_name_in_four_places() {
    let server = Server::accepting();
    let client = client(&server);
    client.same_name_everywhere("p").id_query("q").id_header("h").id_cookie("c").send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.target, "/everywhere/p?id=q");
    assert_eq!((seen.header("id"), seen.header("cookie")), (Some("h"), Some("id=c")));
}

#[tokio::test]
async fn parameters_of_the_path_and_by_reference() {
    let server = Server::accepting();
    client(&server).shared_by_path("t").page([1, 2]).x_trace("z").send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.target, "/shared/t?page=1%7C2", "the operation's own replaces its path's");
    assert_eq!(seen.header("X-Trace"), Some("z"));

    let server = Server::accepting();
    client(&server).shared_by_path_alone("t").page("1,2").send().await.unwrap();
    assert_eq!(server.line(), "DELETE /shared/t?page=1%2C2");
}

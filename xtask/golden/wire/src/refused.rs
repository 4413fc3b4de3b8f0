//! Mistakes that the compiler finds. Each stands beside the same code without it, which compiles: so it is refused for the
//! mistake and for nothing else.
//!
//! What the document requires is an argument of the method:
//!
//! ```no_run
//! # async fn run(client: golden_parameters::Client) -> Result<(), golden_parameters::Error> {
//! client.cancel_job("7").send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! ```compile_fail,E0061
//! # async fn run(client: golden_parameters::Client) -> Result<(), golden_parameters::Error> {
//! client.cancel_job().send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! So is a required body, and what that requires is an argument of its constructor:
//!
//! ```no_run
//! # use golden_formats::{Client, Error, types::{Priority, Task}};
//! # async fn run(client: Client) -> Result<(), Error> {
//! client.echo_task(Task::new(Priority::High)).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! ```compile_fail,E0061
//! # use golden_formats::{Client, Error, types::{Priority, Task}};
//! # async fn run(client: Client) -> Result<(), Error> {
//! client.echo_task().send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! ```compile_fail,E0061
//! # use golden_formats::{Client, Error, types::{Priority, Task}};
//! # async fn run(client: Client) -> Result<(), Error> {
//! client.echo_task(Task::new()).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Where there are too many of them for arguments, a struct names them all:
//!
//! ```no_run
//! # use golden_parameters::{Client, Error, calls::PathLabelRequired};
//! # async fn run(client: Client, required: PathLabelRequired) -> Result<(), Error> {
//! client.path_label(required).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! ```compile_fail,E0063
//! # use golden_parameters::{Client, Error, calls::PathLabelRequired};
//! # async fn run(client: Client) -> Result<(), Error> {
//! client.path_label(PathLabelRequired {}).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! What tells the shapes of a union apart is written by their types, and by nobody else:
//!
//! ```
//! # use golden_schemas_30::types::{Discount, Percentage};
//! let discount = Discount::from(Percentage::new(12.5));
//! assert_eq!(serde_json::to_value(discount)?["type"], "PERCENTAGE");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! ```compile_fail,E0599
//! # use golden_schemas_30::types::{Discount, Percentage};
//! let discount = Discount::from(Percentage::new(12.5).type_("AMOUNT"));
//! ```
//!
//! Answers may have more values, and more properties, than today:
//!
//! ```
//! # use golden_formats::types::Priority;
//! # let priority = Priority::High;
//! match priority {
//!     Priority::Low | Priority::High => {}
//!     _ => {}
//! }
//! ```
//!
//! ```compile_fail,E0004
//! # use golden_formats::types::Priority;
//! # let priority = Priority::High;
//! match priority {
//!     Priority::Low | Priority::High => {}
//! }
//! ```

//! Rules about the keys of `content`.

use super::{
    fault::{Fault, Faults, Rule},
    model::Model,
};
use crate::media;
use crate::objects::Kind;

const MEDIA_TYPE: Rule = Rule::survivable("media-type");

/// Each key is a media type or a range (RFC 9110, sections 8.3.1 and 12.5.1). What is none is sent and asked for as it is
/// written, and read as bytes where nothing of it is known.
pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    for node in model.of(Kind::MediaType).filter(|node| node.is_entry()) {
        if faults.is_full() {
            return;
        }
        // Components have a name, and are of whatever media type refers to them.
        let is_shared = model.parent(node).is_some_and(|parent| parent.kind == Kind::Components);
        if is_shared || media::is_well_formed(node.name()) {
            continue;
        }
        let message = format!("`{}` is no media type", node.name());
        let help = "write a type and a subtype, such as `application/json`; each media type has an entry of its own";
        faults.push(Fault::new(MEDIA_TYPE, model, node.id, &[], message).warning().help(help));
    }
}

//! What became of the samples of a document's unions.

use super::members::{Sample, Samples};
use crate::commands::table::counted;
use codegen::sanitize::sanitize;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write as _};

/// How much of a value is shown.
const SHOWN: usize = 300;

/// The unions of one document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Unions of the crate.
    pub unions: usize,
    /// Their members.
    pub members: usize,
    /// Samples that are valid, as the judge says.
    pub samples: usize,
    /// Those that came back the same, as another member that they are as well.
    pub equal: usize,
    /// Those that did not come back.
    pub misses: Vec<Miss>,
    /// Members of which no sample is valid.
    pub unsampled: Vec<Unsampled>,
    /// Why there was no test.
    pub failure: Option<String>,
}

/// A sample that did not come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Miss {
    /// The union.
    pub union: String,
    /// JSON pointer to the member.
    pub pointer: String,
    /// The variant that was meant, if the member has one of its own.
    pub meant: Option<String>,
    /// The sample.
    pub sample: Value,
    /// What became of it.
    pub became: String,
    /// The JSON that came back, if it is another.
    pub encoded: Option<Value>,
}

/// A member of which no sample is valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unsampled {
    /// The union.
    pub union: String,
    /// JSON pointer to the member.
    pub pointer: String,
    /// What the judge says of a sample; none if none could be made.
    pub why: Option<String>,
}

impl Tested {
    /// Sorts what a program said of the samples, in their order.
    pub fn new(samples: &Samples, said: &[Value]) -> Self {
        let mut tested = Self::counted(samples);
        let mut valid = BTreeSet::new();
        let mut faults = Vec::new();
        for (index, sample) in samples.samples.iter().enumerate() {
            let said = said.get(index).unwrap_or(&Value::Null);
            let member = (sample.union, sample.member);
            if let Some(fault) = said.get("invalid").and_then(Value::as_str) {
                faults.push((member, fault));
                continue;
            }
            valid.insert(member);
            tested.samples += 1;
            tested.equal += usize::from(said.get("equal").is_some());
            tested.misses.extend(miss(samples, sample, said));
        }
        for (union, described) in samples.unions.iter().enumerate() {
            for member in (0..described.members).filter(|member| !valid.contains(&(union, *member))) {
                let why = faults.iter().find(|(of, _)| *of == (union, member)).map(|(_, fault)| (*fault).to_owned());
                let sample = samples.samples.iter().find(|sample| (sample.union, sample.member) == (union, member));
                let pointer = sample.map_or_else(|| described.pointer.clone(), |sample| sample.pointer.clone());
                tested.unsampled.push(Unsampled { union: described.name.clone(), pointer, why });
            }
        }
        tested
    }

    /// There is no program.
    pub fn not_built(samples: &Samples, why: &str) -> Self {
        Self { failure: Some(why.to_owned()), ..Self::counted(samples) }
    }

    fn counted(samples: &Samples) -> Self {
        let members = samples.unions.iter().map(|union| union.members).sum();
        Self { unions: samples.unions.len(), members, ..Self::default() }
    }

    /// Whether every sample came back.
    pub fn is_kept(&self) -> bool {
        self.misses.is_empty() && self.failure.is_none()
    }
}

/// What is wrong with what became of a sample, if anything is.
fn miss(samples: &Samples, sample: &Sample, said: &Value) -> Option<Miss> {
    let union = samples.unions.get(sample.union)?;
    let named = |index: &Value| {
        let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
        index
            .and_then(|index| union.variants.get(index))
            .map_or("a value of no member", |variant| variant.ident.as_str())
    };
    let mut encoded = None;
    let became = if said.get("kept").is_some() || said.get("equal").is_some() {
        return None;
    } else if said.get("unknown").is_some() {
        "a value of no member".to_owned()
    } else if let Some(error) = said.get("refused").and_then(Value::as_str) {
        format!("refused: {error}")
    } else if let Some(changed) = said.get("changed") {
        encoded = changed.get("into").cloned();
        format!("changed, as {}", named(changed.get("variant")?))
    } else if let Some(other) = said.get("other") {
        let fault = other.get("fault").and_then(Value::as_str).unwrap_or_default();
        format!("{}, which it is not: {fault}", named(other.get("variant")?))
    } else {
        said.get("died").and_then(Value::as_str).unwrap_or("the program did not come to it").to_owned()
    };
    Some(Miss {
        union: union.name.clone(),
        pointer: sample.pointer.clone(),
        meant: sample.variant.and_then(|index| union.variants.get(index)).map(|variant| variant.ident.clone()),
        sample: sample.value.clone(),
        became,
        encoded,
    })
}

/// What is said of a document that is done.
pub fn line(tested: &Tested) -> String {
    match &tested.failure {
        Some(failure) => format!("{}: {failure}", counted(tested.unions, "union")),
        None => format!(
            "{}, {}, {}, {} missed",
            counted(tested.unions, "union"),
            counted(tested.members, "member"),
            counted(tested.samples, "sample"),
            tested.misses.len(),
        ),
    }
}

/// A line for each document with unions, what did not come back, and the totals.
pub fn text<'a>(documents: impl Iterator<Item = (&'a str, &'a Tested)> + Clone) -> String {
    let mut text = String::new();
    let with_unions = documents.clone().filter(|(_, tested)| tested.unions > 0);
    for (file, tested) in with_unions.clone() {
        let _ = writeln!(text, "{}: {}", sanitize(file, 100), line(tested));
        for miss in &tested.misses {
            let meant = miss.meant.as_deref().map_or(String::new(), |meant| format!(" ({meant})"));
            let _ = writeln!(
                text,
                "  {} {}{meant}: {}",
                miss.union,
                sanitize(&miss.pointer, SHOWN),
                sanitize(&miss.became, SHOWN)
            );
            let _ = writeln!(text, "    {}", sanitize(&miss.sample.to_string(), SHOWN));
            if let Some(encoded) = &miss.encoded {
                let _ = writeln!(text, "    {}", sanitize(&encoded.to_string(), SHOWN));
            }
        }
    }
    let sum = |number: fn(&Tested) -> usize| documents.clone().map(|(_, tested)| number(tested)).sum::<usize>();
    let _ = writeln!(
        text,
        "unions: {} in {}, {}, {} ({} of no valid sample), {} of another member that they are as well, {} missed",
        sum(|tested| tested.unions),
        counted(with_unions.count(), "document"),
        counted(sum(|tested| tested.members), "member"),
        counted(sum(|tested| tested.samples), "sample"),
        counted(sum(|tested| tested.unsampled.len()), "member"),
        sum(|tested| tested.equal),
        sum(|tested| tested.misses.len()),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::unions::members::{Union, Variant};
    use serde_json::json;

    #[test]
    fn what_did_not_come_back_is_told_with_its_member_and_what_became_of_it() {
        let variants = ["Cat", "Dog"].map(|ident| Variant { ident: ident.to_owned(), schema: None });
        let (name, pointer) = ("Pet".to_owned(), "/components/schemas/Pet".to_owned());
        let unions = vec![Union { name, pointer, schema: None, variants: variants.into(), members: 3 }];
        let sample = |member: usize, number: usize| Sample {
            union: 0,
            variant: (member < 2).then_some(member),
            member,
            pointer: format!("/components/schemas/Pet/oneOf/{member}"),
            schema: json!({}),
            is_listed: true,
            value: json!(number),
        };
        let members = [0, 0, 0, 1, 1, 1, 1, 2];
        let samples = members.iter().enumerate().map(|(number, member)| sample(*member, number)).collect();
        let samples = Samples { document: json!({}), unions, samples };
        let said = [
            json!({"kept": true}),
            json!({"equal": 1}),
            json!({"invalid": "no text"}),
            json!({"other": {"variant": 0, "fault": "no dog"}}),
            json!({"changed": {"variant": null, "into": 7}}),
            json!({"refused": "why"}),
            json!({"died": "too long"}),
            json!({"invalid": "no list"}),
        ];
        let tested = Tested::new(&samples, &said);
        let became: Vec<&str> = tested.misses.iter().map(|miss| miss.became.as_str()).collect();
        let wanted = ["Cat, which it is not: no dog", "changed, as a value of no member", "refused: why", "too long"];
        assert_eq!(became, wanted);
        assert_eq!((tested.unions, tested.members, tested.samples, tested.equal), (1, 3, 6, 1));
        let unsampled: Vec<_> =
            tested.unsampled.iter().map(|member| (member.pointer.as_str(), member.why.as_deref())).collect();
        assert_eq!(unsampled, [("/components/schemas/Pet/oneOf/2", Some("no list"))]);
        let text = text([("a.json", &tested)].into_iter());
        for part in [
            "a.json: 1 union, 3 members, 6 samples, 4 missed\n",
            "  Pet /components/schemas/Pet/oneOf/1 (Dog): Cat, which it is not: no dog\n    3\n",
            "changed, as a value of no member\n    4\n    7\n",
            "unions: 1 in 1 document, 3 members, 6 samples (1 member of no valid sample), 1 of another member",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!tested.is_kept() && Tested::default().is_kept() && !Tested::not_built(&samples, "why").is_kept());
    }
}

//! The words of findings: one resource a language, in `words/`. A message has the sentence, and the advice as its
//! attribute.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Arg;
use crate::{Lang, describe};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En, include_str!("words/en.ftl")));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Zh, include_str!("words/zh.ftl")));

fn bundle(lang: Lang, text: &str) -> Bundle {
    // What cannot be read of a resource is left out, and a test reads all of it.
    let resource = match FluentResource::try_new(text.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let locale = lang.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A message with its arguments, or one of its attributes. One that is not there is its own name.
pub(super) fn say(
    lang: Lang,
    id: &str,
    attribute: Option<&str>,
    args: &[(&'static str, Arg)],
) -> String {
    let bundle: &Bundle = match lang {
        Lang::En => &ENGLISH,
        Lang::Zh => &CHINESE,
    };
    let pattern = bundle.get_message(id).and_then(|message| match attribute {
        None => message.value(),
        Some(name) => message.get_attribute(name).map(|found| found.value()),
    });
    let Some(pattern) = pattern else {
        return id.to_owned();
    };
    let mut values = FluentArgs::new();
    for (name, arg) in args {
        values.set(*name, value(arg));
    }
    let mut errors = Vec::new();
    bundle
        .format_pattern(pattern, Some(&values), &mut errors)
        .into_owned()
}

fn value(arg: &Arg) -> FluentValue<'static> {
    match arg {
        Arg::Object(object) => object.to_string().into(),
        Arg::Count(count) => (*count).into(),
        Arg::Span(span) => describe::span(*span).into(),
        Arg::Name(name) => name.clone().into(),
    }
}

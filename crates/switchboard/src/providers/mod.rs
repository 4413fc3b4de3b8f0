//! The APIs that come with this crate, one file each. A new one is a file beside these with a type that implements
//! [`ConnectionProvider`] and has a `from_settings`, its feature in `Cargo.toml`, a `mod` line and a line in the table below;
//! and what is known of its [records](crate::records).

use std::sync::Arc;

use crate::{ConnectionProvider, Settings, SettingsError};

#[cfg(feature = "activecampaign")]
mod activecampaign;
#[cfg(any(feature = "activecampaign", feature = "unified-to"))]
mod listed;
#[cfg(any(feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
mod made_good;
#[cfg(feature = "sitecore-personalize")]
mod sitecore_personalize;
#[cfg(feature = "unified-to")]
mod unified_to;

macro_rules! providers {
    ($($feature:literal => $module:ident::$name:ident;)*) => {
        $(
            #[cfg(feature = $feature)]
            pub use self::$module::$name;
        )*

        /// What makes the provider of each API, by the name of the API.
        pub(crate) const FROM_SETTINGS: &[(&str, FromSettings)] = &[
            $(
                #[cfg(feature = $feature)]
                ($feature, |settings, name| {
                    let provider = $name::from_settings(settings)?;
                    Ok(provider.map(|provider| match name {
                        Some(name) => Arc::new(provider.named(name)) as _,
                        None => Arc::new(provider) as _,
                    }))
                }),
            )*
        ];
    };
}

/// Makes a provider, if there are settings for it, under its own name or another.
type FromSettings = fn(&Settings<'_>, Option<&str>) -> Result<Option<Arc<dyn ConnectionProvider>>, SettingsError>;

providers! {
    "activecampaign" => activecampaign::ActiveCampaign;
    "unified-to" => unified_to::UnifiedTo;
    "sitecore-personalize" => sitecore_personalize::SitecorePersonalize;
}

//! Netlink messages on sockets that no address tells of: their descriptors were seen being made.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Trace, expect};
use crate::lab::{Case, Outcome};

/// An app asks for its interfaces as libc does, and for a family by name.
pub(crate) const CASE: Case = Case {
    name: "netlink",
    script: traced!(
        "-u 10123 -e socket,sendto,recvfrom,sendmsg,recvmsg,read,write",
        "as-uid 10123 values >facts || exit 91"
    ),
    check,
    timeout_s: 60,
};

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let call = |comm: &str, name: &str| {
        let mut calls = trace.named(name).into_iter();
        calls
            .find(|line| line["comm"] == comm)
            .with_context(|| format!("no {name} of {comm}"))
    };
    let route = ("/fds/sockfd/protocol", json!("NETLINK_ROUTE"));
    let first = |field: &str| format!("/args/buf/netlink/0/{field}");
    expect(
        call("links", "sendto")?,
        &[
            route.clone(),
            (&first("type"), json!("RTM_GETLINK")),
            (&first("flags"), json!(["NLM_F_REQUEST", "NLM_F_DUMP"])),
        ],
    )?;
    let answer = call("links", "recvfrom")?;
    expect(answer, &[(&first("type"), json!("RTM_NEWLINK"))])?;
    ensure!(
        names(answer).contains(&"lo"),
        "no interface's name in {answer}"
    );
    let of_message = "/args/msg/iov/0/netlink/0/type";
    expect(
        call("addresses", "recvmsg")?,
        &[route, (of_message, json!("RTM_NEWADDR"))],
    )?;
    expect(
        call("nobody", "write")?,
        &[
            (&first("type"), json!("RTM_GETLINK")),
            (&first("body/ifi_index"), json!(999)),
        ],
    )?;
    expect(
        call("nobody", "read")?,
        &[(&first("type"), json!("NLMSG_ERROR"))],
    )?;
    expect(
        call("family", "recvfrom")?,
        &[("/fds/sockfd/protocol", json!("NETLINK_GENERIC"))],
    )
}

/// The interfaces that the first message names.
fn names(line: &Value) -> Vec<&str> {
    let attributes = line["args"]["buf"]["netlink"][0]["attrs"].as_array();
    let named = attributes.into_iter().flatten();
    named
        .filter(|attribute| attribute["type"] == "IFLA_IFNAME")
        .filter_map(|attribute| attribute["text"].as_str())
        .collect()
}

//! Socket addresses, as strace prints them.

use std::fmt::{self, Display, Formatter};

use super::escape::Quoted;
use super::value::Known;
use crate::json::sockaddr::Sockaddr;

impl Display for Sockaddr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{sa_family={}", Known(self.family()))?;
        match self {
            Self::Inet { addr, port } => {
                port.iter()
                    .try_for_each(|port| write!(f, ", sin_port=htons({port})"))?;
                addr.iter()
                    .try_for_each(|addr| write!(f, ", sin_addr=inet_addr(\"{addr}\")"))?;
            }
            Self::Inet6 {
                addr,
                port,
                flowinfo,
                scope_id,
            } => {
                port.iter()
                    .try_for_each(|port| write!(f, ", sin6_port=htons({port})"))?;
                flowinfo
                    .iter()
                    .try_for_each(|flow| write!(f, ", sin6_flowinfo=htonl({flow})"))?;
                addr.iter().try_for_each(|addr| {
                    write!(f, ", inet_pton(AF_INET6, \"{addr}\", &sin6_addr)")
                })?;
                scope_id
                    .iter()
                    .try_for_each(|scope| write!(f, ", sin6_scope_id={scope}"))?;
            }
            Self::Unix { path, hidden } => {
                let at = if *hidden { "@" } else { "" };
                write!(f, ", sun_path={at}{}", Quoted(path))?;
            }
            Self::Netlink { pid, groups } => {
                pid.iter().try_for_each(|pid| write!(f, ", nl_pid={pid}"))?;
                groups
                    .iter()
                    .try_for_each(|groups| write!(f, ", nl_groups={groups:08x}"))?;
            }
            Self::Numbers(numbers) => {
                for (name, member) in numbers.members() {
                    write!(f, ", {name}={member}")?;
                }
            }
            Self::Other { data, .. } => write!(f, ", sa_data={}", Quoted(data))?,
        }
        f.write_str("}")
    }
}

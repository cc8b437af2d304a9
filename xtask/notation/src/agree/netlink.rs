//! Netlink messages: strace's `[{head}, {body}, [attributes]]`, JSON's objects in a list.

use serde_json::Value;

use super::Comparison;
use crate::tree::{Field, Tree};

impl<'a> Comparison<'a> {
    /// Messages of a buffer: one stands for itself, several are a list of them.
    pub(super) fn netlink(&mut self, tree: &Tree, own: &'a [Value], json: &'a Value) {
        let items = match tree {
            Tree::List(items) => &items[..],
            // A buffer of several: what it holds.
            Tree::Struct(fields) if !fields.is_empty() => {
                return self.netlink(&fields[0].value, own, json);
            }
            _ => return self.settle(false, tree, json),
        };
        let several = items
            .first()
            .is_some_and(|item| matches!(item.value, Tree::List(_)));
        let messages: Vec<&[Field]> = if several {
            items.iter().filter_map(|item| inner(&item.value)).collect()
        } else {
            vec![items]
        };
        self.settle(messages.len() == own.len(), tree, json);
        for (at, (message, own)) in messages.iter().zip(own).enumerate() {
            self.inside(&format!("[{at}]"), |inside| {
                inside.netlink_message(message, own);
            });
        }
    }

    fn netlink_message(&mut self, parts: &[Field], own: &'a Value) {
        let mut parts = parts.iter().map(|part| &part.value);
        if let Some(head) = parts.next() {
            self.value(head, own);
        }
        for part in parts {
            match part {
                Tree::List(items) => {
                    let one = !matches!(items.first().map(|item| &item.value), Some(Tree::List(_)));
                    let strace = if one { 1 } else { items.len() };
                    let json = &own["attrs"];
                    let same = json.as_array().is_some_and(|own| own.len() == strace);
                    self.inside(".attrs", |inside| inside.settle(same, part, json));
                }
                body => self.inside(".body", |inside| inside.value(body, &own["body"])),
            }
        }
    }
}

fn inner(tree: &Tree) -> Option<&[Field]> {
    match tree {
        Tree::List(items) => Some(items),
        _ => None,
    }
}

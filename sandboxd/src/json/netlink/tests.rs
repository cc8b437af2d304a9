//! Netlink messages as JSON: requests and answers of routing, errors, any bytes.

use proptest::prelude::*;

use super::*;

const ROUTE: Option<u32> = Some(0);

fn json(protocol: Option<u32>, bytes: &[u8]) -> String {
    let netlink = protocol.map_or(Netlink::Unknown, Netlink::Protocol);
    let messages = Messages::of(netlink, bytes, bytes.len() as u64);
    serde_json::to_string(&messages).unwrap()
}

fn message(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (16 + payload.len() as u32).to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend(flags.to_le_bytes());
    bytes.extend([7, 0, 0, 0, 9, 0, 0, 0]);
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[test]
fn a_request_for_interfaces_is_seen() {
    let wanted = r#"[{"len":17,"type":"RTM_GETLINK","flags":["NLM_F_REQUEST","NLM_F_DUMP"],"seq":7,"pid":9,"body":{"rtgen_family":"AF_UNSPEC"},"attrs":[]}]"#;
    assert_eq!(json(ROUTE, &message(18, 0x301, &[0])), wanted);
}

#[test]
fn an_interface_has_its_name_and_address() {
    let mut payload = vec![0, 0, 1, 0, 2, 0, 0, 0, 3, 0x10, 0, 0, 0, 0, 0, 0];
    payload.extend([9, 0, 3, 0, b'e', b't', b'h', b'0', 0, 0, 0, 0]);
    payload.extend([10, 0, 1, 0, 0x52, 0x54, 0, 1, 2, 3, 0, 0]);
    payload.extend([8, 0, 4, 0, 0xdc, 5, 0, 0]);
    payload.extend([6, 0, 99, 0, 1, 2, 0, 0]);
    let wanted = concat!(
        r#"[{"len":72,"type":"RTM_NEWLINK","flags":["NLM_F_MULTI"],"seq":7,"pid":9,"#,
        r#""body":{"ifi_family":"AF_UNSPEC","ifi_type":"ARPHRD_ETHER","ifi_index":2,"#,
        r#""ifi_flags":["IFF_UP","IFF_BROADCAST","IFF_MULTICAST"],"ifi_change":"0x0"},"attrs":["#,
        r#"{"type":"IFLA_IFNAME","len":9,"text":"eth0"},"#,
        r#"{"type":"IFLA_ADDRESS","len":10,"addr":"52:54:00:01:02:03"},"#,
        r#"{"type":"IFLA_MTU","len":8,"number":1500},"#,
        r#"{"type":"0x63","len":6,"hex":"0102"}]}]"#
    );
    assert_eq!(json(ROUTE, &message(16, 2, &payload)), wanted);
}

#[test]
fn an_address_is_as_its_family_writes_it() {
    let payload = [2, 8, 0x80, 254, 1, 0, 0, 0, 8, 0, 1, 0, 127, 0, 0, 1];
    let text = json(ROUTE, &message(20, 2, &payload));
    assert!(
        text.contains(r#""attrs":[{"type":"IFA_ADDRESS","len":8,"addr":"127.0.0.1"}]"#),
        "{text}"
    );
    assert!(text.contains(r#""ifa_scope":"RT_SCOPE_HOST""#), "{text}");
}

#[test]
fn several_messages_and_how_they_end() {
    let mut bytes = message(3, 2, &[0, 0, 0, 0]);
    bytes.extend(message(2, 0, &[0xfe, 0xff, 0xff, 0xff]));
    let wanted = concat!(
        r#"[{"len":20,"type":"NLMSG_DONE","flags":["NLM_F_MULTI"],"seq":7,"pid":9,"body":{"error":0},"attrs":[]},"#,
        r#"{"len":20,"type":"NLMSG_ERROR","flags":[],"seq":7,"pid":9,"body":{"error":-2},"attrs":[]}]"#
    );
    assert_eq!(json(ROUTE, &bytes), wanted);
}

#[test]
fn types_are_named_by_protocol_alone() {
    let request = message(16, 5, &[3, 1, 0, 0, 8, 0, 2, 0, b'n', b'l', 0, 0]);
    let text = json(Some(16), &request);
    assert!(text.contains(r#""type":"GENL_ID_CTRL""#), "{text}");
    assert!(
        text.contains(r#""body":{"cmd":"CTRL_CMD_GETFAMILY","version":1}"#),
        "{text}"
    );
    assert!(
        text.contains(r#"{"type":"CTRL_ATTR_FAMILY_NAME","len":8,"text":"nl"}"#),
        "{text}"
    );
    let text = json(None, &request);
    assert!(
        text.contains(r#""type":"0x10","flags":["NLM_F_REQUEST","NLM_F_ACK"]"#),
        "{text}"
    );
    assert!(text.contains(r#""body":null,"attrs":[]"#), "{text}");
}

#[test]
fn a_question_for_sockets_is_no_answer() {
    let payload = [2, 6, 0, 0, 1, 0, 0, 0];
    let body = |flags| json(Some(4), &message(20, flags, &payload));
    let request = body(0x301);
    assert!(
        request.contains(r#""body":{"sdiag_family":"AF_INET","sdiag_protocol":"IPPROTO_TCP"}"#),
        "{request}"
    );
    // `struct inet_diag_msg` begins with a family and a state.
    let answer = body(2);
    assert!(answer.contains(r#""body":null,"attrs":[]"#), "{answer}");
}

#[test]
fn what_is_none_is_no_message() {
    assert_eq!(json(None, b"add@/devices/virtual"), "null");
    assert_eq!(json(ROUTE, &[15; 16]), "null");
    assert_eq!(json(ROUTE, &[]), "null");
    assert_eq!(json(Some(15), &message(16, 0, &[])), "null");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_a_list_or_nothing(
        kind in 0u16..40,
        payload in proptest::collection::vec(any::<u8>(), 0..200),
        protocol in proptest::option::of(0u32..20),
        len in any::<u8>(),
    ) {
        let mut bytes = message(kind, 2, &payload);
        bytes.extend(message(kind, 2, &payload));
        for len in [len, 16 + payload.len() as u8] {
            bytes[0] = len;
            let value: serde_json::Value = serde_json::from_str(&json(protocol, &bytes)).unwrap();
            prop_assert!(value.is_array() || value.is_null());
        }
    }
}

//! Socket addresses of families whose parts are numbers, without the family, which all begin with.

use super::{Count, Field, StructDef, same};
use crate::table::flags as f;

/// Which structure an address is: by its family and, where a family has several, by its length.
pub struct AddressDef {
    /// The family.
    pub family: u16,
    /// Lengths that the kernel takes it with, from and to.
    pub len: (u16, u16),
    /// The structure.
    pub def: &'static StructDef,
}

/// The structures; the first that fits counts.
pub static ADDRESSES: &[AddressDef] = &[
    of(17, 0, u16::MAX, &SOCKADDR_LL),
    of(31, 6, 6, &SOCKADDR_HCI),
    of(31, 8, 8, &SOCKADDR_SCO),
    of(31, 9, 10, &SOCKADDR_RC),
    of(31, 12, 14, &SOCKADDR_L2),
    of(38, 0, u16::MAX, &SOCKADDR_ALG),
    of(40, 0, u16::MAX, &SOCKADDR_VM),
    of(42, 0, u16::MAX, &SOCKADDR_QRTR),
];

const fn of(family: u16, from: u16, to: u16, def: &'static StructDef) -> AddressDef {
    AddressDef {
        family,
        len: (from, to),
        def,
    }
}

/// `struct sockaddr_ll`: `include/uapi/linux/if_packet.h`.
pub static SOCKADDR_LL: StructDef = StructDef {
    name: "sockaddr_ll",
    size: [20, 20],
    fields: &[
        same("sll_protocol", 2, Field::NetEnum(&f::ETH_P)),
        same("sll_ifindex", 4, Field::Int(4)),
        same("sll_hatype", 8, Field::Enum(&f::ARPHRD, 2)),
        same("sll_pkttype", 10, Field::Enum(&f::PACKET_TYPE, 1)),
        same("sll_halen", 11, Field::Uint(1)),
        same("sll_addr", 12, Field::Address(8, Count::At(11, 1))),
    ],
};

/// `struct sockaddr_vm`: `include/uapi/linux/vm_sockets.h`.
pub static SOCKADDR_VM: StructDef = StructDef {
    name: "sockaddr_vm",
    size: [16, 16],
    fields: &[
        same("svm_port", 4, Field::Uint(4)),
        same("svm_cid", 8, Field::Uint(4)),
    ],
};

/// `struct sockaddr_alg`: `include/uapi/linux/if_alg.h`.
pub static SOCKADDR_ALG: StructDef = StructDef {
    name: "sockaddr_alg",
    size: [88, 88],
    fields: &[
        same("salg_type", 2, Field::Text(14)),
        same("salg_feat", 16, Field::Hex(4)),
        same("salg_mask", 20, Field::Hex(4)),
        same("salg_name", 24, Field::Text(64)),
    ],
};

/// `struct sockaddr_hci`: `include/net/bluetooth/hci_sock.h`.
pub static SOCKADDR_HCI: StructDef = StructDef {
    name: "sockaddr_hci",
    size: [6, 6],
    fields: &[
        same("hci_dev", 2, Field::Uint(2)),
        same("hci_channel", 4, Field::Uint(2)),
    ],
};

/// `struct sockaddr_sco`: `include/net/bluetooth/sco.h`.
pub static SOCKADDR_SCO: StructDef = StructDef {
    name: "sockaddr_sco",
    size: [8, 8],
    fields: &[same("sco_bdaddr", 2, Field::Bluetooth)],
};

/// `struct sockaddr_rc`: `include/net/bluetooth/rfcomm.h`.
pub static SOCKADDR_RC: StructDef = StructDef {
    name: "sockaddr_rc",
    size: [10, 10],
    fields: &[
        same("rc_bdaddr", 2, Field::Bluetooth),
        same("rc_channel", 8, Field::Uint(1)),
    ],
};

/// `struct sockaddr_l2`: `include/net/bluetooth/l2cap.h`, whose numbers have their low byte first.
pub static SOCKADDR_L2: StructDef = StructDef {
    name: "sockaddr_l2",
    size: [14, 14],
    fields: &[
        same("l2_psm", 2, Field::Uint(2)),
        same("l2_bdaddr", 4, Field::Bluetooth),
        same("l2_cid", 10, Field::Uint(2)),
        same("l2_bdaddr_type", 12, Field::Enum(&f::BDADDR, 1)),
    ],
};

/// `struct sockaddr_qrtr`: `include/uapi/linux/qrtr.h`.
pub static SOCKADDR_QRTR: StructDef = StructDef {
    name: "sockaddr_qrtr",
    size: [12, 12],
    fields: &[
        same("sq_node", 4, Field::Uint(4)),
        same("sq_port", 8, Field::Uint(4)),
    ],
};

//! Descriptors that wait for something: polling, events, notification, `io_uring`.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `poll(2)` events: `include/uapi/asm-generic/poll.h`.
#[rustfmt::skip]
pub static POLL: FlagSet = FlagSet::new("poll", None, &[], &[
    (0x1, "POLLIN"), (0x2, "POLLPRI"), (0x4, "POLLOUT"), (0x8, "POLLERR"), (0x10, "POLLHUP"), (0x20, "POLLNVAL"),
    (0x40, "POLLRDNORM"), (0x80, "POLLRDBAND"), (0x100, "POLLWRNORM"), (0x200, "POLLWRBAND"), (0x400, "POLLMSG"),
    (0x1000, "POLLREMOVE"), (0x2000, "POLLRDHUP"),
]);

/// `epoll_ctl(2)` events: `include/uapi/linux/eventpoll.h`.
#[rustfmt::skip]
pub static EPOLL: FlagSet = FlagSet::new("epoll", None, &[], &[
    (0x1, "EPOLLIN"), (0x2, "EPOLLPRI"), (0x4, "EPOLLOUT"), (0x8, "EPOLLERR"), (0x10, "EPOLLHUP"),
    (0x20, "EPOLLNVAL"), (0x40, "EPOLLRDNORM"), (0x80, "EPOLLRDBAND"), (0x100, "EPOLLWRNORM"), (0x200, "EPOLLWRBAND"),
    (0x400, "EPOLLMSG"), (0x2000, "EPOLLRDHUP"), (0x1000_0000, "EPOLLEXCLUSIVE"), (0x2000_0000, "EPOLLWAKEUP"),
    (0x4000_0000, "EPOLLONESHOT"), (0x8000_0000, "EPOLLET"),
]);

/// `epoll_ctl(2)` operations: `include/uapi/linux/eventpoll.h`.
#[rustfmt::skip]
pub static EPOLL_CTL: ValueSet = ValueSet::new("epoll_ctl", &[
    (1, "EPOLL_CTL_ADD"), (2, "EPOLL_CTL_DEL"), (3, "EPOLL_CTL_MOD"),
]);

/// `epoll_create1(2)` flags: `include/uapi/linux/eventpoll.h`.
#[rustfmt::skip]
pub static EPOLL_CREATE: FlagSet = FlagSet::new("epoll_create", None, &[], &[
    (0x8_0000, "EPOLL_CLOEXEC"),
]);

/// `eventfd2(2)` flags: `include/uapi/linux/eventfd.h`.
#[rustfmt::skip]
pub static EVENTFD: FlagSet = FlagSet::new("eventfd", None, &[], &[
    (0x1, "EFD_SEMAPHORE"), (0x800, "EFD_NONBLOCK"), (0x8_0000, "EFD_CLOEXEC"),
]);

/// `signalfd4(2)` flags: `include/uapi/linux/signalfd.h`.
#[rustfmt::skip]
pub static SIGNALFD: FlagSet = FlagSet::new("signalfd", None, &[], &[
    (0x800, "SFD_NONBLOCK"), (0x8_0000, "SFD_CLOEXEC"),
]);

/// `inotify_init1(2)` flags: `include/uapi/linux/inotify.h`.
#[rustfmt::skip]
pub static INOTIFY_INIT: FlagSet = FlagSet::new("inotify_init", None, &[], &[
    (0x800, "IN_NONBLOCK"), (0x8_0000, "IN_CLOEXEC"),
]);

/// `inotify_add_watch(2)` mask: `include/uapi/linux/inotify.h`.
#[rustfmt::skip]
pub static INOTIFY_MASK: FlagSet = FlagSet::new("inotify_mask", None, &[], &[
    (0xfff, "IN_ALL_EVENTS"), (0x1, "IN_ACCESS"), (0x2, "IN_MODIFY"), (0x4, "IN_ATTRIB"), (0x8, "IN_CLOSE_WRITE"),
    (0x10, "IN_CLOSE_NOWRITE"), (0x20, "IN_OPEN"), (0x40, "IN_MOVED_FROM"), (0x80, "IN_MOVED_TO"),
    (0x100, "IN_CREATE"), (0x200, "IN_DELETE"), (0x400, "IN_DELETE_SELF"), (0x800, "IN_MOVE_SELF"),
    (0x2000, "IN_UNMOUNT"), (0x4000, "IN_Q_OVERFLOW"), (0x8000, "IN_IGNORED"), (0x100_0000, "IN_ONLYDIR"),
    (0x200_0000, "IN_DONT_FOLLOW"), (0x400_0000, "IN_EXCL_UNLINK"), (0x1000_0000, "IN_MASK_CREATE"),
    (0x2000_0000, "IN_MASK_ADD"), (0x4000_0000, "IN_ISDIR"), (0x8000_0000, "IN_ONESHOT"),
]);

/// `fanotify_init(2)` flags: `include/uapi/linux/fanotify.h`.
#[rustfmt::skip]
pub static FANOTIFY_INIT: FlagSet = FlagSet::new("fanotify_init", None, &[(0xc, &[
        (0x0, "FAN_CLASS_NOTIF"), (0x4, "FAN_CLASS_CONTENT"), (0x8, "FAN_CLASS_PRE_CONTENT"),
    ])], &[
    (0x1e00, "FAN_REPORT_DFID_NAME_TARGET"), (0xc00, "FAN_REPORT_DFID_NAME"), (0x1, "FAN_CLOEXEC"),
    (0x2, "FAN_NONBLOCK"), (0x10, "FAN_UNLIMITED_QUEUE"), (0x20, "FAN_UNLIMITED_MARKS"), (0x40, "FAN_ENABLE_AUDIT"),
    (0x80, "FAN_REPORT_PIDFD"), (0x100, "FAN_REPORT_TID"), (0x200, "FAN_REPORT_FID"), (0x400, "FAN_REPORT_DIR_FID"),
    (0x800, "FAN_REPORT_NAME"), (0x1000, "FAN_REPORT_TARGET_FID"), (0x2000, "FAN_REPORT_FD_ERROR"),
    (0x4000, "FAN_REPORT_MNT"),
]);

/// `fanotify_mark(2)` flags: `include/uapi/linux/fanotify.h`.
#[rustfmt::skip]
pub static FANOTIFY_MARK: FlagSet = FlagSet::new("fanotify_mark", None, &[], &[
    (0x1, "FAN_MARK_ADD"), (0x2, "FAN_MARK_REMOVE"), (0x4, "FAN_MARK_DONT_FOLLOW"), (0x8, "FAN_MARK_ONLYDIR"),
    (0x10, "FAN_MARK_MOUNT"), (0x20, "FAN_MARK_IGNORED_MASK"), (0x40, "FAN_MARK_IGNORED_SURV_MODIFY"),
    (0x80, "FAN_MARK_FLUSH"), (0x100, "FAN_MARK_FILESYSTEM"), (0x200, "FAN_MARK_EVICTABLE"),
    (0x400, "FAN_MARK_IGNORE"),
]);

/// `fanotify_mark(2)` mask: `include/uapi/linux/fanotify.h`.
#[rustfmt::skip]
pub static FANOTIFY_EVENTS: FlagSet = FlagSet::new("fanotify_events", None, &[], &[
    (0x1, "FAN_ACCESS"), (0x2, "FAN_MODIFY"), (0x4, "FAN_ATTRIB"), (0x8, "FAN_CLOSE_WRITE"),
    (0x10, "FAN_CLOSE_NOWRITE"), (0x20, "FAN_OPEN"), (0x40, "FAN_MOVED_FROM"), (0x80, "FAN_MOVED_TO"),
    (0x100, "FAN_CREATE"), (0x200, "FAN_DELETE"), (0x400, "FAN_DELETE_SELF"), (0x800, "FAN_MOVE_SELF"),
    (0x1000, "FAN_OPEN_EXEC"), (0x4000, "FAN_Q_OVERFLOW"), (0x8000, "FAN_FS_ERROR"), (0x1_0000, "FAN_OPEN_PERM"),
    (0x2_0000, "FAN_ACCESS_PERM"), (0x4_0000, "FAN_OPEN_EXEC_PERM"), (0x10_0000, "FAN_PRE_ACCESS"),
    (0x100_0000, "FAN_MNT_ATTACH"), (0x200_0000, "FAN_MNT_DETACH"), (0x800_0000, "FAN_EVENT_ON_CHILD"),
    (0x1000_0000, "FAN_RENAME"), (0x4000_0000, "FAN_ONDIR"),
]);

/// `userfaultfd(2)` flags: `include/uapi/linux/userfaultfd.h`.
#[rustfmt::skip]
pub static USERFAULTFD: FlagSet = FlagSet::new("userfaultfd", None, &[], &[
    (0x1, "UFFD_USER_MODE_ONLY"), (0x800, "O_NONBLOCK"), (0x8_0000, "O_CLOEXEC"),
]);

/// `io_uring_setup(2)` flags: `include/uapi/linux/io_uring.h`.
#[rustfmt::skip]
pub static IO_URING_SETUP: FlagSet = FlagSet::new("io_uring_setup", None, &[], &[
    (0x1, "IORING_SETUP_IOPOLL"), (0x2, "IORING_SETUP_SQPOLL"), (0x4, "IORING_SETUP_SQ_AFF"),
    (0x8, "IORING_SETUP_CQSIZE"), (0x10, "IORING_SETUP_CLAMP"), (0x20, "IORING_SETUP_ATTACH_WQ"),
    (0x40, "IORING_SETUP_R_DISABLED"), (0x80, "IORING_SETUP_SUBMIT_ALL"), (0x100, "IORING_SETUP_COOP_TASKRUN"),
    (0x200, "IORING_SETUP_TASKRUN_FLAG"), (0x400, "IORING_SETUP_SQE128"), (0x800, "IORING_SETUP_CQE32"),
    (0x1000, "IORING_SETUP_SINGLE_ISSUER"), (0x2000, "IORING_SETUP_DEFER_TASKRUN"), (0x4000, "IORING_SETUP_NO_MMAP"),
    (0x8000, "IORING_SETUP_REGISTERED_FD_ONLY"), (0x1_0000, "IORING_SETUP_NO_SQARRAY"),
    (0x2_0000, "IORING_SETUP_HYBRID_IOPOLL"), (0x4_0000, "IORING_SETUP_CQE_MIXED"),
    (0x8_0000, "IORING_SETUP_SQE_MIXED"), (0x10_0000, "IORING_SETUP_SQ_REWIND"),
]);

/// `features` of `io_uring_setup(2)`: `include/uapi/linux/io_uring.h`.
#[rustfmt::skip]
pub static IO_URING_FEAT: FlagSet = FlagSet::new("io_uring_features", None, &[], &[
    (0x1, "IORING_FEAT_SINGLE_MMAP"), (0x2, "IORING_FEAT_NODROP"), (0x4, "IORING_FEAT_SUBMIT_STABLE"),
    (0x8, "IORING_FEAT_RW_CUR_POS"), (0x10, "IORING_FEAT_CUR_PERSONALITY"), (0x20, "IORING_FEAT_FAST_POLL"),
    (0x40, "IORING_FEAT_POLL_32BITS"), (0x80, "IORING_FEAT_SQPOLL_NONFIXED"), (0x100, "IORING_FEAT_EXT_ARG"),
    (0x200, "IORING_FEAT_NATIVE_WORKERS"), (0x400, "IORING_FEAT_RSRC_TAGS"), (0x800, "IORING_FEAT_CQE_SKIP"),
    (0x1000, "IORING_FEAT_LINKED_FILE"), (0x2000, "IORING_FEAT_REG_REG_RING"),
    (0x4000, "IORING_FEAT_RECVSEND_BUNDLE"), (0x8000, "IORING_FEAT_MIN_TIMEOUT"), (0x1_0000, "IORING_FEAT_RW_ATTR"),
    (0x2_0000, "IORING_FEAT_NO_IOWAIT"),
]);

/// `io_uring_enter(2)` flags: `include/uapi/linux/io_uring.h`.
#[rustfmt::skip]
pub static IO_URING_ENTER: FlagSet = FlagSet::new("io_uring_enter", None, &[], &[
    (0x1, "IORING_ENTER_GETEVENTS"), (0x2, "IORING_ENTER_SQ_WAKEUP"), (0x4, "IORING_ENTER_SQ_WAIT"),
    (0x8, "IORING_ENTER_EXT_ARG"), (0x10, "IORING_ENTER_REGISTERED_RING"), (0x20, "IORING_ENTER_ABS_TIMER"),
    (0x40, "IORING_ENTER_EXT_ARG_REG"), (0x80, "IORING_ENTER_NO_IOWAIT"),
]);

/// `io_uring_register(2)` operations: `include/uapi/linux/io_uring.h`.
#[rustfmt::skip]
pub static IO_URING_REGISTER: ValueSet = ValueSet::new("io_uring_register", &[
    (0, "IORING_REGISTER_BUFFERS"), (1, "IORING_UNREGISTER_BUFFERS"), (2, "IORING_REGISTER_FILES"),
    (3, "IORING_UNREGISTER_FILES"), (4, "IORING_REGISTER_EVENTFD"), (5, "IORING_UNREGISTER_EVENTFD"),
    (6, "IORING_REGISTER_FILES_UPDATE"), (7, "IORING_REGISTER_EVENTFD_ASYNC"), (8, "IORING_REGISTER_PROBE"),
    (9, "IORING_REGISTER_PERSONALITY"), (10, "IORING_UNREGISTER_PERSONALITY"), (11, "IORING_REGISTER_RESTRICTIONS"),
    (12, "IORING_REGISTER_ENABLE_RINGS"), (13, "IORING_REGISTER_FILES2"), (14, "IORING_REGISTER_FILES_UPDATE2"),
    (15, "IORING_REGISTER_BUFFERS2"), (16, "IORING_REGISTER_BUFFERS_UPDATE"), (17, "IORING_REGISTER_IOWQ_AFF"),
    (18, "IORING_UNREGISTER_IOWQ_AFF"), (19, "IORING_REGISTER_IOWQ_MAX_WORKERS"), (20, "IORING_REGISTER_RING_FDS"),
    (21, "IORING_UNREGISTER_RING_FDS"), (22, "IORING_REGISTER_PBUF_RING"), (23, "IORING_UNREGISTER_PBUF_RING"),
    (24, "IORING_REGISTER_SYNC_CANCEL"), (25, "IORING_REGISTER_FILE_ALLOC_RANGE"),
    (26, "IORING_REGISTER_PBUF_STATUS"), (27, "IORING_REGISTER_NAPI"), (28, "IORING_UNREGISTER_NAPI"),
    (29, "IORING_REGISTER_CLOCK"), (30, "IORING_REGISTER_CLONE_BUFFERS"), (31, "IORING_REGISTER_SEND_MSG_RING"),
    (32, "IORING_REGISTER_ZCRX_IFQ"), (33, "IORING_REGISTER_RESIZE_RINGS"), (34, "IORING_REGISTER_MEM_REGION"),
    (35, "IORING_REGISTER_QUERY"), (36, "IORING_REGISTER_ZCRX_CTRL"), (37, "IORING_REGISTER_BPF_FILTER"),
]);

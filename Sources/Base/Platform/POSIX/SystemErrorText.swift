internal import Glibc

/// Words for the system's error numbers.
enum SystemErrorText {
    /// - Parameter isOpening: whether a file was to be opened.
    static func reason(of code: Int32, isOpening: Bool = false) -> String {
        // The system's words speak of addresses.
        if isOpening, code == ENXIO { return "a pipe, a socket or a device stands there, and no file" }
        var buffer = [CChar](repeating: 0, count: 256)
        // Sound: the buffer's own length is passed, and the text is NUL-terminated within it.
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Of what a look-up of a name answered.
    static func lookUpReason(of code: Int32) -> String {
        // Sound: the text is a constant of the library's; it is copied.
        guard let text = unsafe gai_strerror(code) else { return "error \(code) of a look-up" }
        return unsafe String(cString: text)
    }

    static func isSpaceExhausted(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT }
    static func isScarce(_ code: Int32) -> Bool {
        [EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR, EAGAIN].contains(code)
    }
    static func isOfMedium(_ code: Int32) -> Bool { code == EIO }
    static func isDenied(_ code: Int32) -> Bool { code == EACCES || code == EPERM }
    static func isMissing(_ code: Int32) -> Bool { code == ENOENT }
    static func isNoFile(_ code: Int32) -> Bool { code == EISDIR || code == ENXIO }
    static func isOfSecondNames(_ code: Int32) -> Bool {
        [EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS].contains(code)
    }
    static let noSecondName = EXDEV
    static func isBusy(_ code: Int32) -> Bool { code == EWOULDBLOCK || code == EAGAIN }

    /// - Parameter isOpening: whether a file was to be opened.
    static func advice(for code: Int32, isOpening: Bool) -> String {
        switch code {
        // Whether work resumes by itself only who works on says: a command has ended.
        case ENOSPC, EDQUOT: "free space on the volume or raise the quota"
        case EIO: "check the disk and the kernel's log, then restart; nothing after the last flush counts as stored"
        case EROFS: "mount the volume writable"
        case EACCES, EPERM: "let the user that runs this process own the directory"
        case ENOENT: "check the path"
        case EEXIST: "choose a new name or remove the file"
        case EMFILE: "raise the limit on open files (ulimit -n); work resumes by itself once there are some"
        case ENFILE:
            "end what holds the machine's open files, or raise their limit (sysctl fs.file-max); work resumes by itself"
        case ENOMEM, ENOBUFS: "end what holds the machine's memory; work resumes by itself"
        case EINTR, EAGAIN: "try again"
        case EISDIR, ENOTDIR: "check whether the path names a file or a directory"
        case ENXIO where isOpening: "remove it, and put the file there"
        case ENOTEMPTY: "empty the directory first"
        // Of files that we opened only by a mistake of ours: what others opened are the standard streams.
        case EBADF: "it was closed when the command began: give it one, by `< FILE`, `> FILE` or a pipe"
        case EFBIG: "raise the limit on file sizes (ulimit -f)"
        default: "see errno(3)"
        }
    }
}

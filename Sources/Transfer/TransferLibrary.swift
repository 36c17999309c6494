// The library that sends requests: libcurl, loaded when the first request is sent.

import CTransfer
import Foundation

public enum TransferLibrary {
    /// Its name and version, and those of what it uses: `libcurl/8.5.0 OpenSSL/3.0.13 …`.
    public static var version: String {
        get throws {
            try load()
            return ct_version().map { String(cString: $0) } ?? "libcurl"
        }
    }

    private static let loading: Void = Thread.detachNewThread { ct_open_curl() }

    /// Begins to load it on a thread of its own, because a request will be sent soon; a second call does nothing.
    public static func loadSoon() { loading }

    /// Loads it if no request has yet; any number of threads may ask at once.
    static func load() throws {
        guard let reason = ct_load_curl() else { return }
        throw TransferError.missingLibrary(
            name: "libcurl", use: "sends requests", package: "libcurl4", reason: String(cString: reason))
    }
}

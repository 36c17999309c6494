import CTransfer

/// The library that sends requests.
public enum TransferLibrary {
    /// Its name and version, and those of what it uses: `libcurl/8.5.0 OpenSSL/3.0.13 …`.
    public static var version: String { curl_version().map { String(cString: $0) } ?? "libcurl" }
}

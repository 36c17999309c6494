import Foundation
import Inference

/// Where prompts that were read are kept for the next run: a folder beside the store, private as the store is.
enum PromptPrefixes {
    /// `nil` where `COPYDESK_PREFIX_CACHE=off` says that nothing is to be kept.
    static let cache: PrefixCache? =
        ProcessInfo.processInfo.environment["COPYDESK_PREFIX_CACHE"] == "off"
        ? nil : PrefixCache(folder: Paths.current.prefixes)
}

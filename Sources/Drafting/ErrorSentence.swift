import Foundation

/// The sentence of an error, for a person. Our own errors are their sentences.
public enum ErrorSentence {
    public static func of(_ error: any Error) -> String {
        switch error {
        case let error as CocoaError: error.localizedDescription
        case let error as POSIXError: error.localizedDescription
        case let error as any LocalizedError: error.errorDescription ?? "\(error)"
        default: "\(error)"
        }
    }
}

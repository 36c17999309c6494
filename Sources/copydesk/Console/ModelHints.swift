// The commands and options that help with errors of servers, keys, downloads and the models folder.

import Downloads
import Endpoints
import Generation
import Models
import Transfer

extension TransferError: HintedError {
    var hint: String? {
        switch self {
        case .untrusted, .cannotReadCertificates: "The key 'ca_file' of the endpoint in config.yaml names that file."
        case .firstByteTimedOut: "`--timeout first_byte=0` waits without a limit."
        case .idleTimedOut: "`--timeout idle=0` waits without a limit."
        case .connectTimedOut(_, _, inHandshake: false): "`--timeout connect=30` waits longer."
        case .invalidAddress, .unknownHost, .cannotConnect, .cannotReachProxy, .connectTimedOut, .handshakeFailed,
            .emptyAnswer, .cutOff, .missingLibrary, .stopped, .other:
            nil
        }
    }
}

extension ServerFailure: HintedError {
    var hint: String? {
        switch kind {
        case .unauthorized, .forbidden: "`copydesk keys set NAME` keeps the key of an endpoint."
        case .unknownModel: "`copydesk models list --endpoints` shows its models."
        default: nil
        }
    }
}

extension RemoteError: HintedError {
    var hint: String? {
        switch self {
        case .unusableKey: "`copydesk keys set NAME` does that."
        case .stillLoading: "`--timeout loading=600` does that."
        case .noText: "`--timeout text=0` waits without a limit."
        case .redirected: "It is 'url' of the endpoint in config.yaml."
        default: nil
        }
    }
}

extension ModelListingError: HintedError {
    var hint: String? { "`copydesk endpoints list` shows the address." }
}

extension KeyFileError: HintedError {
    var hint: String? {
        switch self {
        case .controlCharacter, .empty, .otherOrigin: "`copydesk keys set NAME` asks for it."
        case .notJSON, .notAnObject, .cannotRead: nil
        }
    }
}

extension ModelLibraryError: HintedError {
    var hint: String? {
        switch self {
        case .unknown(_, _, let endpoints, _):
            endpoints.isEmpty
                ? "`copydesk models pull OWNER/REPO` downloads one."
                : "`copydesk models list --endpoints` shows those of servers; `copydesk models pull OWNER/REPO` downloads one."
        case .noServerModel: "`copydesk models list --endpoints` shows them."
        case .onServer, .adapterOnServer: "-m NAME does that."
        case .isAdapter(let name): "-m MODEL --adapter \(ShellWord.of(name)) does that."
        case .unknownAdapter: "`copydesk models list` shows the adapters."
        case .badScale: "Give it as --adapter NAME:0.5."
        case .aliasLoop: "`copydesk models alias` lists the aliases."
        }
    }
}

extension DownloadError: HintedError {
    var hint: String? {
        switch self {
        case .transfer, .server, .tooManyRequests, .running: "The same command goes on where this one ended."
        case .unknownRepository, .noModel: "`copydesk models search WORDS` finds repositories."
        case .nameTaken: "`copydesk models remove NAME` makes room."
        default: nil
        }
    }
}

extension UpkeepError: HintedError {
    var hint: String? {
        switch self {
        case .taken: "`copydesk models remove NAME` removes it, and --force replaces it."
        case .noSpace: "--link does that."
        case .belongsTo: "--link links to it."
        case .alias: "`copydesk models alias --remove NAME` removes the alias."
        default: nil
        }
    }
}

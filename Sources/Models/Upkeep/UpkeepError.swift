// Why a model was not taken into the models folder, or not removed from it.

import Glibc

public enum UpkeepError: Error, Equatable, CustomStringConvertible {
    case nothingThere(path: String)
    case taken(name: String, path: String)
    case alreadyInFolder(path: String)
    case noSpace(folder: String, neededBytes: Int, freeBytes: Int)
    /// A move out of the tree of another program.
    case belongsTo(path: String, program: String)
    case failed(path: String, action: String, code: CInt)
    case stopped(path: String)
    case builtIn
    case alias(name: String, target: String)
    case onServer(name: String, endpoint: String)
    case notOwn(name: String, path: String, origin: LibraryOrigin)

    public var description: String {
        switch self {
        case .nothingThere(let path):
            "\(path): there is no such file or folder. Give a GGUF file, or a folder with config.json and safetensors."
        case .taken(let name, let path):
            "There is a model '\(name)' already, in \(path). Remove it first, or give this one another name."
        case .alreadyInFolder(let path):
            "\(path) is in the models folder already. Nothing was done."
        case .noSpace(let folder, let needed, let free):
            "\(folder) has \(Self.size(free)) free, and the model needs \(Self.size(needed)). "
                + "Free some space, or link to the model where it is."
        case .belongsTo(let path, let program):
            "\(path) belongs to \(program), which would miss it. Copy it, or link to it."
        case .failed(let path, let action, let code):
            "\(path) cannot be \(action): \(String(cString: strerror(code))). "
                + "Check the path, the rights and the disk."
        case .stopped(let path):
            "Stopped: \(path) was not taken over, and nothing is left of it in the models folder."
        case .builtIn:
            "The built-in model is a part of the program, so it cannot be removed."
        case .alias(let name, let target):
            "'\(name)' is an alias of '\(target)'. Name the model itself, if it is the model that should go."
        case .onServer(let name, let endpoint):
            "'\(name)' is a model of the server '\(endpoint)', so it is not on this machine. Remove it there."
        case .notOwn(let name, let path, let origin):
            "'\(name)' lies in \(path), " + Self.advice(origin)
        }
    }

    private static func advice(_ origin: LibraryOrigin) -> String {
        switch origin {
        case .folder: "in a folder that your settings name. Delete it there, or take the folder out of the settings."
        case .ollama: "and belongs to Ollama. Remove it with Ollama."
        case .lmStudio: "and belongs to LM Studio. Remove it in LM Studio."
        case .huggingFace: "in the cache of the Hugging Face tools. Remove it with them (hf cache)."
        case .llamaCpp: "in the cache of llama.cpp. Delete it there if llama.cpp does not need it."
        case .builtIn, .own, .endpoint: "and not in the models folder. Delete it there."
        }
    }

    /// In the unit that people read off a disk: `1.2 GB`.
    private static func size(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let tenths = (value * 10).rounded() / 10
        return unit == 0 ? "\(bytes) bytes" : "\(tenths) \(units[unit])"
    }
}

// The lists of models: those of this machine, those of servers, and those that can be downloaded.
// - Each server is asked on a thread of its own, so one that does not answer delays no other.

import Dispatch
import Downloads
import Endpoints
import Foundation
import Generation
import Models
import Studio
import Synchronization

extension EffectRunner {
    func listModels() {
        inBackground(on: files) { [library = shared.modelLibrary, names = shared.endpoints.map(\.name)] in
            let aliases = library.aliases.sorted { $0.key < $1.key }.map { alias in
                ModelItem(name: alias.key, origin: .alias(of: alias.value))
            }
            return .modelsListed(library.list().map(ModelItem.init) + aliases, servers: names)
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    func askServers() {
        for endpoint in shared.endpoints {
            let lookup = shared.keyLookup
            inBackground(on: network) {
                let listing = try EndpointModels.list(endpoint, key: try lookup.key(endpoint))
                return .serverAnswered(
                    name: endpoint.name, .models(listing.models.map { ModelItem($0, on: endpoint.name) }))
            } failed: {
                .serverAnswered(name: endpoint.name, .failed(sentence: $0))
            }
        }
    }

    // MARK: Downloads

    func listOffers() {
        inBackground(on: files) { [downloads = shared.downloads] in
            .offersListed(DownloadOffers(downloads))
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    func searchHub(_ words: String) {
        inBackground(on: network) { [downloads = shared.downloads] in
            .modelsFound(words: words, try downloads.search(words).map(DownloadOffer.init))
        } failed: {
            .searchFailed(words: words, sentence: $0)
        }
    }

    /// Asks what a download would bring. The plan is kept for the download that may follow.
    func planDownload(_ reference: String) {
        inBackground(on: network) { [downloads = shared.downloads, plans] in
            let plan = try downloads.plan(try ModelReference(reference))
            plans.keep(plan, for: reference)
            return .downloadPlanned(DownloadPlan(plan, reference: reference))
        } failed: {
            .downloadNotPlanned(reference: reference, sentence: $0)
        }
    }

    func discardDownload(_ id: String) {
        inBackground(on: files) { [downloads = shared.downloads] in
            if let pull = downloads.unfinished.first(where: { $0.id == id }) { try downloads.discard(pull) }
            return .offersListed(DownloadOffers(downloads))
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    /// Downloads a model. One download at a time goes on; the others wait for it.
    func download(_ request: DownloadRequest, _ job: Int) {
        jobs.start(job) { [downloads = shared.downloads, plans, downloading] control in
            try await downloading.run {
                try control.begin()
                let isStopped = { control.stopSignal.isRaised }
                do {
                    let planned = plans.take(request.reference)
                    let plan =
                        try planned ?? downloads.plan(try ModelReference(request.reference), isStopped: isStopped)
                    let model = try downloads.pull(plan, isStopped: isStopped) { control.report($0) }
                    return .downloaded(name: model.name)
                } catch DownloadError.stopped {
                    throw CancellationError()
                }
            }
        }
    }
}

/// Plans of downloads that may follow, by the reference.
final class DownloadPlans: Sendable {
    private let plans = Mutex<[String: PullPlan]>([:])

    func keep(_ plan: PullPlan, for reference: String) { plans.withLock { $0[reference] = plan } }

    func take(_ reference: String) -> PullPlan? { plans.withLock { $0.removeValue(forKey: reference) } }
}

extension ModelItem {
    /// A model of this machine.
    init(_ model: ModelDescription) {
        let origin: Origin =
            switch model.origin {
            case .builtIn, .own, .folder, .endpoint: .own
            case .huggingFace: .program("Hugging Face")
            case .llamaCpp: .program("llama.cpp")
            case .ollama: .program("Ollama")
            case .lmStudio: .program("LM Studio")
            }
        self.init(
            name: model.name, detail: model.problem == nil ? model.summary : "",
            origin: model.adapter == nil ? origin : .adapter, problem: model.problem)
    }

    /// A model of a server.
    init(_ model: ModelListing.Model, on server: String) {
        let facts = [
            model.contextLength.map { "context \($0)" }, model.isLoaded == false ? "not loaded yet" : nil,
        ]
        self.init(
            name: "\(server)/\(model.name)", detail: facts.compactMap(\.self).joined(separator: ", "),
            origin: .server(server))
    }
}

extension DownloadOffers {
    init(_ downloads: ModelDownloads) {
        self.init(
            suggested: SuggestedModel.all.map { model in
                DownloadOffer(
                    reference: model.reference.text, title: model.name, parameters: model.parameters,
                    licence: model.licence, note: model.use)
            },
            unfinished: downloads.unfinished.filter { !$0.isRunning }.map(UnfinishedDownload.init),
            obstacle: downloads.environment.isOffline ? "\(DownloadError.offline)" : nil)
    }
}

extension DownloadOffer {
    /// A repository that a search found.
    init(_ model: FoundModel) {
        self.init(
            reference: model.name, title: model.name, licence: model.licence ?? "",
            note: model.quants.isEmpty ? "" : "Quants: \(model.quants.joined(separator: ", "))",
            downloadCount: model.downloads, isGated: model.isGated)
    }
}

extension DownloadPlan {
    init(_ plan: PullPlan, reference: String) {
        self.init(
            reference: reference, source: plan.source, name: plan.name, fileCount: plan.files.count,
            totalBytes: plan.totalBytes, bytesThere: plan.bytesThere, neededBytes: plan.neededBytes,
            freeBytes: plan.freeBytes, licence: plan.licence,
            pathElsewhere: plan.files.lazy.compactMap(\.pathElsewhere).first, isHere: plan.isThere)
    }
}

extension UnfinishedPull {
    fileprivate var id: String { "\(reference)\u{1F}\(name)" }
}

extension UnfinishedDownload {
    init(_ pull: UnfinishedPull) {
        let source = (try? ModelReference(pull.reference))?.publicText ?? ""
        self.init(
            id: pull.id, request: DownloadRequest(reference: pull.reference, name: pull.name, source: source),
            bytesThere: pull.bytesThere, totalBytes: pull.totalBytes)
    }
}

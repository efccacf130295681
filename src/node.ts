/** clip-tfjs for Node: the whole browser-safe surface, and what needs files. */
export * from './index.ts';
export { loadAdapter, mergeAdapterFrom, saveAdapter } from './node/adapter-files.ts';
export type { AuditPlan, AuditPlanOptions } from './node/audit/audit-plan.ts';
export { auditHtml } from './node/audit/html.ts';
export { auditMarkdown } from './node/audit/markdown.ts';
export { planAudit } from './node/audit/plan.ts';
export { runAudit } from './node/audit/run.ts';
export type { AuditOptions, AuditStage } from './node/audit/run-options.ts';
export { writeAudit } from './node/audit/write.ts';
export { useBackend } from './node/backend.ts';
export { cachedClassifier } from './node/cached-classifier.ts';
export { loadClassifier, saveClassifier } from './node/classifier-file.ts';
export { type EmbeddedFile, type EmbedFilesOptions, embedFiles } from './node/embed-files.ts';
export { type FoundPicture, findPictures } from './node/find-pictures.ts';
export { type GuardData, type GuardDataOptions, readGuardData } from './node/guard-data.ts';
export { HubError } from './node/hub/hub-error.ts';
export { pullModel } from './node/hub/pull.ts';
export type { Pulled, PullOptions } from './node/hub/pulled.ts';
export { recompressJpeg } from './node/images/encode-jpeg.ts';
export { type ReadImageOptions, readImage } from './node/images/read-image.ts';
export { embedQuery } from './node/indexing/embed-query.ts';
export { type IndexHeaderOptions, indexHeader } from './node/indexing/index-header.ts';
export { type Caption, type CaptionUpdate, updateCaptions } from './node/indexing/update-captions.ts';
export { type IndexUpdate, type UpdateOptions, updateIndex } from './node/indexing/update-index.ts';
export {
  type BadPlace,
  type EmbedLabelledOptions,
  embedLabelled,
  type LabelledPicture,
  type LabelledPictureOptions,
  readLabelledPictures,
} from './node/labelled-pictures.ts';
export { loadClip } from './node/load.ts';
export { type ModelParts, modelHash, modelParts } from './node/model-hash.ts';
export { type PairList, type PairWeight, pairList, takePairs } from './node/pair-list.ts';
export {
  type BadRow,
  type FilePair,
  type PairOptions,
  type PairSet,
  type PairSource,
  readPairs,
} from './node/pairs.ts';
export { type CheckedSets, type CheckPairsOptions, checkPairs } from './node/pairs-check/check.ts';
export { writeCleanList } from './node/pairs-check/clean-list.ts';
export type { Finding, PairsReport, Place, Verdict } from './node/pairs-check/report-types.ts';
export { pictureOf } from './node/picture-of.ts';
export { loadProbe, saveProbe } from './node/probe-file.ts';
export { saveClip } from './node/save.ts';
export { splitPairs } from './node/split-pairs.ts';
export {
  createIndex,
  type Failure,
  type Holder,
  IndexError,
  IndexLockedError,
  type IndexWriter,
  type OpenIndex,
  openIndex,
  openIndexForWriting,
  readIndexHeader,
  readIndexParts,
  searchParts,
} from './node/store/store.ts';
export { compareRuns, type RunComparison } from './node/training/compare-runs.ts';
export type { GuardChoice, GuardNotes } from './node/training/guard.ts';
export type { EpochEntry, LogEntry, StepEntry } from './node/training/log.ts';
export type { LoraSettings, TrainingMode } from './node/training/mode-settings.ts';
export { newModel } from './node/training/new-model.ts';
export { type LossPoint, type RunRecord, readRun, type ValidationPoint } from './node/training/read-run.ts';
export { trainOnFiles } from './node/training/run.ts';
export type { BestEpoch, RunOptions, RunResult } from './node/training/run-options.ts';
export { runsReport } from './node/training/runs-report.ts';
export { defaultSettings, type TrainingSettings } from './node/training/settings.ts';
export { bestOf, type SweepOptions, type SweepPoint, sweepAlphas } from './node/wise-ft-sweep.ts';

/** clip-tfjs, the browser-safe surface. In Node, import `clip-tfjs/node`, which has all of this and reads files. */
export type { BackendName } from './backend.ts';
export { useBackend } from './browser-backend.ts';
export { type Background, neutralPrompts } from './classify/background.ts';
export type { ClassPrompts } from './classify/class-prompts.ts';
export { buildClassifier, type Classifier, type ClassifierOptions, type Independence } from './classify/classifier.ts';
export { type ClassifyOptions, classify } from './classify/classify.ts';
export { explainPrompts, type PromptReport, type TemplateVote } from './classify/explain-prompts.ts';
export { classifyIndependently, type IndependentLabel } from './classify/independent.ts';
export { buildPromptEnsemble, classifierOf, type PromptEnsemble } from './classify/prompt-ensemble.ts';
export { type Classification, type RankedClass, rank } from './classify/rank.ts';
export { readClasses } from './classify/read-classes.ts';
export {
  type Decision,
  type Rejection,
  type RejectionScore,
  rejectionScore,
  rejectionScores,
} from './classify/rejection.ts';
export { selectTemplates, type TemplateSelection } from './classify/select-templates.ts';
export { findTemplateSet, type TemplateSet, type TemplateSetName, templateSets } from './classify/template-sets.ts';
export { defaultTemplates, openaiSevenTemplates } from './classify/templates.ts';
export { Clip } from './clip.ts';
export {
  type Activation,
  type Architecture,
  architectureConfig,
  type ClipConfig,
  findArchitecture,
  type PreprocessConfig,
  publishedArchitectures,
  type ResNetConfig,
  type TextConfig,
  type VisionConfig,
  type VitConfig,
} from './config.ts';
export { cosinesOf } from './cosines.ts';
export {
  type EmbedImageOptions,
  type EmbedOptions,
  type EmbedTextOptions,
  embedImages,
  embedTexts,
  type ImageInput,
  similarities,
} from './embed.ts';
export { ImageError, ModelError, TextTooLongError } from './errors.ts';
export {
  argmax,
  type ConfusionPair,
  confusionMatrix,
  confusionPairs,
  meanPerClassRecall,
  topKAccuracy,
} from './evaluate/accuracy.ts';
export { type AnswerFigures, answerFigures } from './evaluate/answers.ts';
export type { AuditData, TextDirections } from './evaluate/audit/audit-data.ts';
export { checkGates, type Gate, type GateKind, type GateResult, parseGate } from './evaluate/audit/gates.ts';
export { crossedValues, type Grouping, groupingOf } from './evaluate/audit/grouping.ts';
export { clipPaperHarmLabels, type HarmLabels, parseHarmLabels } from './evaluate/audit/harm-labels.ts';
export type { AuditReport, AuditSections } from './evaluate/audit/report.ts';
export { auditSections } from './evaluate/audit/sections.ts';
export { type Calibration, type CalibrationOptions, calibrate } from './evaluate/calibrate.ts';
export { calibrateLabels, type LabelFigures, type LabelPictures } from './evaluate/calibrate-labels.ts';
export {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  type ReliabilityBin,
  reliabilityTable,
} from './evaluate/calibration.ts';
export type { ClassResult } from './evaluate/class-results.ts';
export { clusterInterval } from './evaluate/cluster-interval.ts';
export {
  aupr,
  auroc,
  falsePositiveRateAt,
  thresholdForCoverage,
  thresholdForFalseAccepts,
} from './evaluate/detection.ts';
export type { RejectionPictures, TemperatureOutcome, Wanted } from './evaluate/fit-rejection.ts';
export {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalOpportunityDifference,
  type Gap,
} from './evaluate/group-gaps.ts';
export { type GroupMetrics, type GroupSample, groupMetrics, type Rate } from './evaluate/groups.ts';
export { type GuardScore, type GuardTexts, guardScore, hasFallen } from './evaluate/guard.ts';
export type { CurvePoint, HeldOut, ScoreFigures } from './evaluate/held-out.ts';
export {
  type CaptionedEmbeddings,
  evaluateRetrieval,
  type RetrievalDirection,
  type RetrievalEvaluation,
} from './evaluate/image-text-retrieval.ts';
export { bootstrapInterval, type Interval, ratioInterval, wilsonInterval } from './evaluate/intervals.ts';
export { fitLogitScale, logitScaleRange } from './evaluate/logit-scale.ts';
export type { ProbeClasses, ProbePicture } from './evaluate/probes/given-pictures.ts';
export { type ProbeOptions, type ProbeResults, runProbes } from './evaluate/probes/run-probes.ts';
export { type ProbeTable, probeTables } from './evaluate/probes/tables.ts';
export { recallInterval } from './evaluate/recall-interval.ts';
export { type RetrievalMeasures, retrievalMeasures, retrievalRanks } from './evaluate/retrieval.ts';
export { areaUnderRiskCoverage, type RiskCoveragePoint, riskCoverage } from './evaluate/risk-coverage.ts';
export { picturesForRate, picturesToShow } from './evaluate/sample-size.ts';
export type { Estimate, Share } from './evaluate/shares.ts';
export { type GroupShares, groupShares, maxSkew, minSkew, ndkl } from './evaluate/skew.ts';
export {
  evaluateZeroShot,
  type LabelledEmbeddings,
  type ZeroShotAnswer,
  type ZeroShotEvaluation,
  type ZeroShotMetrics,
  type ZeroShotOptions,
} from './evaluate/zero-shot.ts';
export { type Augmentation, augment } from './image/augment.ts';
export type { Image, ImageMode } from './image/image.ts';
export { preprocess } from './image/preprocess.ts';
export { attentionWeights } from './nn/attention.ts';
export { type Block, block, transformer } from './nn/block.ts';
export { type ClipWeights, parameterCount, parameterShapes, type Towers } from './parameters.ts';
export { combine } from './search/combine.ts';
export { type DuplicateGroup, type DuplicateOptions, duplicateGroups } from './search/duplicates.ts';
export type { Entry, NewEntry } from './search/entry.ts';
export { type Facet, type FacetLabel, type Facets, facetsOf } from './search/facets.ts';
export type { Filter } from './search/filter.ts';
export { parseQuery, type Term } from './search/query.ts';
export { QueryError } from './search/query-error.ts';
export { rowOfId, vectorOfRow } from './search/rows.ts';
export { assertSameModel } from './search/same-model.ts';
export { type SearchOptions, type SearchResult, search } from './search/search.ts';
export type { IndexHeader, SearchIndex } from './search/search-index.ts';
export { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
export { trainBpe } from './tokenizer/train-bpe.ts';
export { openaiVocabulary, type Vocabulary } from './tokenizer/vocabulary.ts';
export { initClip } from './weights/init.ts';
export { type LoadOptions, loadClip } from './weights/load.ts';
export type { SaveOptions } from './weights/save.ts';

export { COLORMAPS } from './colormap.js';
export type { Colormap } from './colormap.js';
export { overlayHeatmap, renderHeatmap } from './heatmap.js';
export type { HeatmapOptions, OverlayOptions } from './heatmap.js';
export { encodePng } from './png.js';
export type { TrainingStep, TrainingSummary } from './provenance.js';
export { renderReport } from './report.js';
export type { ReportOptions } from './report.js';

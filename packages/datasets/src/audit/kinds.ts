/** How grave a finding is. `error`: figures would be wrong. `warning`: look at it. `note`: good to know. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** What is the same for all findings of one kind. */
export interface KindFacts {
  /** How grave it is. */
  readonly level: FindingLevel;
  /** Heading. */
  readonly title: string;
  /** Why it matters, one sentence. */
  readonly why: string;
  /** What to do, one sentence. */
  readonly advice: string;
}

const kind = <L extends FindingLevel>(level: L, title: string, why: string, advice: string) =>
  ({ level, title, why, advice }) as const;

const LOOK = 'Look at it: take it anew, or remove it.';

/** Everything an audit looks for, gravest first. */
export const auditKinds = {
  unreadable: kind('error', 'Pictures that cannot be read', 'They are missing from training and from every figure, or stop the work.', 'Replace or remove them.'),
  leak: kind('error', 'One file in two roles', 'The test would reward remembering it: figures come out too good.', 'Remove it from all roles but one.'),
  'near-leak': kind('error', 'One picture in two roles', 'The files differ, the picture is the same: the test would reward remembering it.', 'Look at both; keep it in one role.'),
  'group-leak': kind('error', 'One part in two roles', 'Other views of a part that was learned from are recognised, not judged: figures come out too good.', 'Keep all pictures of a part in one role.'),
  'label-conflict': kind('error', 'Good and defective at once', 'It is counted wrong whatever is decided of it.', 'Keep the one with the right label.'),
  'defective-in-train': kind('error', 'Defective pictures to learn from', 'Detectors learn from good parts: a defect in training becomes normal.', 'Move them to the test part.'),
  blank: kind('error', 'Blank pictures', 'They show nothing, and any decision on them is chance.', 'Remove them or take them anew.'),
  'mask-unreadable': kind('error', 'Masks that cannot be read', 'Pixel figures cannot be computed for these pictures.', 'Export the mask anew.'),
  'mask-size': kind('error', "Masks that have not the picture's size", 'A mask that does not fit marks the wrong pixels; it is never resized.', 'Export it at the size of the picture.'),
  'mask-empty': kind('error', 'Empty masks of defective pictures', "Every pixel of the defect counts as good, and finding it as a false alarm.", 'Draw the defect, or remove the mask.'),
  'mask-good': kind('error', 'Good pictures with a marked defect', 'Label and mask contradict each other.', 'Correct the label, or remove the mask.'),
  duplicate: kind('warning', 'Copies of one file', 'They count as several pictures.', 'Keep one of them.'),
  'near-duplicate': kind('warning', 'Several files of one picture', 'They count as several pictures.', 'Look at both; keep one of them.'),
  'near-conflict': kind('warning', 'Hardly different, yet good and defective', 'Either one label is wrong, or the defect is too faint to be learned from these pictures.', 'Look at both; correct the label, or list them as disputed.'),
  'type-conflict': kind('warning', 'One file under two defect types', 'It counts in the figures of both types.', 'Keep it under one type.'),
  shortcut: kind('warning', 'Good and defective told apart by the file', 'A detector could tell them apart without looking at the part.', 'Store all pictures in one form.'),
  'file-type': kind('warning', 'Several file types', 'Compression leaves traces that a detector sees; those of one type can look like a defect.', 'Check that one camera and one export made them all.'),
  size: kind('warning', 'Pictures of another size', 'Scaled to the network’s input, the part is of another size or shape.', 'Check that one camera and one setting made them all.'),
  'bit-depth': kind('warning', 'Pictures of another bit depth', '8-bit and 16-bit pictures differ in noise and often in brightness: 4095 of 65535 is nearly black.', 'Store all pictures with the same depth, and check their scale.'),
  channels: kind('warning', 'Grey among colour pictures', 'Colour itself becomes a difference that the detector learns.', 'Store all pictures in one form.'),
  brightness: kind('warning', 'Pictures brighter or darker than the others', 'Light that changes is told as a defect.', LOOK),
  contrast: kind('warning', 'Pictures of other contrast', 'Haze, glare or another exposure is told as a defect.', LOOK),
  colour: kind('warning', 'Pictures of another colour', 'White balance that changes is told as a defect.', 'Look at it: fix the white balance of the camera.'),
  clipped: kind('warning', 'Overexposed or underexposed pictures', 'Where pixels are black or at full brightness, a defect leaves no trace.', LOOK),
  blur: kind('warning', 'Blurred pictures', 'Small defects vanish, and sharp pictures become the unusual ones.', LOOK),
  noise: kind('warning', 'Noisy pictures', 'Noise hides small defects and is told as one.', LOOK),
  bars: kind('warning', 'Pictures with empty bars', 'Padding or a transfer that broke off: a part of the picture is missing.', LOOK),
  'out-of-frame': kind('warning', 'Something at the border of the picture', 'The part may be cut off or lie in another place than in the other pictures.', 'Look at it: a good picture shows the part whole, in its place.'),
  stranger: kind('warning', 'Pictures unlike all others', 'Another part, an empty holder or a part turned over among the good ones widens what counts as normal.', 'Look at it: remove it, or add more like it.'),
  vignetting: kind('warning', 'Corners darker than the middle', 'A part that moves changes its brightness, which is told as a defect.', 'Use diffuse light or a smaller aperture, or correct it before training.'),
  highlight: kind('warning', 'A reflection in another place', 'Bright reflections that move are told as defects.', 'Look at it: fix the place of part and lamp, or use diffuse light.'),
  drift: kind('warning', 'Good test pictures under other light', 'False alarms will be counted that have nothing to do with defects.', 'Take good pictures for both under the same light.'),
  'order-drift': kind('warning', 'Light that drifts from file to file', 'The lamp, the exposure or the place changed while the pictures were taken.', 'Fix exposure and lamp; draw roles at random, not by time.'),
  'mask-full': kind('warning', 'Masks that cover most of the picture', 'An inverted mask counts the good pixels as the defect.', 'Check that it is not inverted.'),
  'mask-grey': kind('warning', 'Masks that are not black and white', 'Where the border of the defect is, depends on the program that reads the mask.', 'Export masks without smoothing, as PNG with two values.'),
  'mask-specks': kind('warning', 'Specks in masks', 'AUPRO counts each region alike: a speck weighs as much as a whole defect.', 'Remove regions of a few pixels.'),
  'mask-copy': kind('warning', 'One mask for several pictures', 'Two defects hardly have the same outline at the same place: a mask may belong to another picture.', 'Check which picture it belongs to.'),
  'defect-small': kind('warning', 'Defects too small for the network’s input', 'A defect of a few pixels is lost when the picture is scaled to the input.', 'Use a larger input, or crop to the part.'),
  'mask-border': kind('note', 'Masks that touch the border', 'The defect may be cut off, and borders of anomaly maps are less exact.', 'Check the framing.'),
  'mask-missing': kind('note', 'Defective pictures without a mask', 'They count in image-level figures only.', 'Draw masks to measure localisation.'),
  'class-small': kind('note', 'Test groups of few pictures', 'Figures of a small group swing with single pictures.', 'Collect more, or report the figure with its interval.'),
  'test-small': kind('note', 'A small test part', 'One unusual picture shifts the AUROC noticeably.', 'Collect 30 good and 60 defective test pictures or more.'),
  'train-small': kind('note', 'Few pictures to learn from', 'What varies among good parts is not covered, and nothing is left for the threshold.', 'Collect 50 good pictures or more.'),
} as const satisfies Record<string, KindFacts>; // prettier-ignore

/** What an audit looks for: the keys of `auditKinds`. */
export type FindingKind = keyof typeof auditKinds;

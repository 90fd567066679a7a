/// Vectors that do not agree, each with the reason.
///
/// One that agrees after all must leave the table: the suite fails where a row is not needed.
enum ConformanceExclusions {
  static let all: [String: String] = Dictionary(
    uniqueKeysWithValues: groups.flatMap { reason, names in names.map { ($0, reason) } })

  private static let groups: [(String, [String])] = [
    (
      "how many boxes are left depends on their values",
      [
        "center_point_box_format", "flipped_coordinates", "identical_boxes",
        "iou_threshold_boundary", "limit_output_size", "single_box", "suppress_by_IOU",
        "suppress_by_IOU_and_scores", "two_batches", "two_classes",
      ].map { "nonmaxsuppression_" + $0 }
    ),
    (
      "drops at random, by the generator of another runtime",
      [
        "training_dropout", "training_dropout_default", "training_dropout_default_mask",
        "training_dropout_mask",
      ]
    ),
    (
      "values of 10⁴: what differences show is rounding",
      [
        "softmax_large_number", "softmax_large_number_expanded",
        "softmax_large_number_expanded_ver18",
      ]
    ),
    (
      "ONNX Runtime takes the output's side rounded, the vector does not",
      [
        "resize_downsample_scales_cubic_align_corners",
        "resize_downsample_scales_linear_align_corners",
      ]
    ),
    (
      "ONNX Runtime masks by the lowest number in the place of −∞",
      [
        "attention_4d_with_past_and_present_qk_matmul_bias_3d_mask_causal",
        "attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal",
      ]
    ),
    (
      "ONNX Runtime puts the indices of one shape into the other without their rows",
      ["maxunpool_export_with_output_shape"]
    ),
    (
      "an input without elements: a side of zero is taken for an open one",
      ["reduce_sum_empty_set_non_reduced_axis_zero"]
    ),
  ]
}

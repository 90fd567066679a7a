"""The layer at which the literature looks at each network of the zoo.

Written from papers, from the networks' own code and from what tools for PyTorch advise, not from
what this project picks:

- Convolutional networks: the output of the last convolutional stage before global pooling, as in
  the paper of Grad-CAM. A network that norms, activates or projects that output once more before
  it is pooled is looked at behind that step; where a step comes after pooling it plays no part.
- Transformers whose head reads a class token: the normalised input of the last block's attention,
  behind which no patch leads to the logits. Where separate blocks of class attention end a
  network (CaiT, XCiT, VOLO), also the last patches that they read.
- Transformers and mixers that average tokens: the last normalisation before the average, or the
  last block's output where the norm comes later. The first norm of the last block is common too.

Of several layers the first is the usual one, the others are accepted. `[-1]` is the last child.
`relu(…)` is the rectified output of a module, where the network rectifies without a module.
"""

import re

import numpy as np

from gradcam_tools.networks import Network
from gradcam_tools.truth import Truth, matches

_TOKEN = ["blocks[-1].norm1"]
_AVERAGED = ["norm", "blocks[-1]", "blocks[-1].norm1"]

TORCHVISION = {
    "alexnet": ["features"],
    "convnext": ["features"],
    "densenet": ["relu(features)", "features", "features.denseblock4"],
    "efficientnet": ["features"],
    "googlenet": ["inception5b"],
    "inception": ["Mixed_7c"],
    "maxvit": ["blocks[-1]"],
    "mnasnet": ["layers"],
    "mobilenetv2": ["features"],
    "mobilenetv3": ["features"],
    "regnet": ["trunk_output"],
    "resnet": ["layer4"],
    "shufflenetv2": ["conv5"],
    # The last convolutional layer is the classifier's own; its maps are pooled into the logits.
    "squeezenet": ["classifier.2", "classifier.1", "features"],
    "swin_transformer": ["norm", "features[-1][-1].norm2", "features[-1][-1].norm1"],
    "vgg": ["features"],
    "vision_transformer": ["encoder.layers[-1].ln_1"],
}
"""torchvision's source file → the layers."""

_GROUPS: dict[tuple[str, ...], str] = {
    ("stages",): """
        ese_vovnet19b_slim_dw efficientvit_m0 cspnext_tiny cs3darknet_focus_s fasternet_t0
        lcnetv2_small hgnetv2_b0 shvit_s1 mambaout_femto poolformerv2_s12 poolformer_s12
        tiny_vit_5m_224 darknet17 hgnet_tiny cspresnext50 sedarknet21 cspresnet50
        vovnet39a eca_vovnet39b caformer_s18 convformer_s18 cspdarknet53 darknetaa53
        mobilevitv2_050 mobileone_s1 halonet_h1 repvgg_a0 resnext26ts
        eca_resnext26ts seresnext26ts gcresnext26ts eca_botnext26ts_256 bat_resnext26ts
        lambda_resnet26t botnet26t_256 resnet32ts lamhalobotnet50ts_256 halo2botnet50ts_256
        iformer_t inception_next_atto repvit_m1 levit_128s csatv2
        convnext_zepto_rms convnextv2_atto davit_tiny edgenext_xx_small
    """,
    ("stages", "stages[-1].blocks[-1].norm1"): "pvt_v2_b0 gcvit_xxtiny swinv2_cr_tiny_224",
    # A convolution of the head comes between the last stage and pooling.
    ("head.in_conv", "stages"): "efficientvit_b0 cpubone_nano",
    ("in_conv", "stages"): "lowformer_b0",
    ("layer4",): """
        resnet10t resnest14d resnetblur18 legacy_seresnet18 seresnet18 skresnet18
        ecaresnext26t_32x4d ecaresnet26t seresnext26t_32x4d resnetaa34d res2next50
        resnext50_32x4d skresnext50_32x4d seresnetaa50d ecaresnetlight resnetrs50
        wide_resnet50_2 seresnextaa101d_32x8d senet154
    """,
    ("body.layer4",): "tresnet_m",
    ("level5",): "dla46x_c",
    ("s4",): "regnetx_002 regnety_002",
    # A projection to more channels, normed and activated, ends the stages.
    ("bn2",): """
        mobilenetv2_035 mnasnet_small tinynet_e semnasnet_050 mobilenet_edgetpu_100 mixnet_s
        tf_mixnet_s spnasnet_100 efficientnet_lite0 fbnetc_100 efficientnetv2_rw_t
        gc_efficientnetv2_rw_t
    """,
    ("final_conv",): """
        mobilevit_xxs fastvit_t8 gernet_s regnetz_b16 haloregnetz_b sehalonet33ts
        sebotnet33ts_256 seresnet33ts gcresnet33ts regnetz_005 regnetv_040
    """,
    ("final_act",): "nf_regnet_b0 eca_nfnet_l0 nfnet_l0 dm_nfnet_f0",
    # MobileNetV3 and its kin pool before their last convolution.
    ("blocks",): """
        mobilenetv3_small_050 lcnet_035 tf_mobilenetv3_small_075 repghostnet_050 ghostnet_050
        ghostnetv3_050 hardcorenas_b fbnetv3_b convmixer_768_32
    """,
    ("features",): "rexnet_100 rexnetr_100 densenet121 densenetblur121d dpn48b inception_v4 vgg11",
    ("Mixed_7c",): "inception_v3",
    ("conv2d_7b",): "inception_resnet_v2",
    ("act4",): "legacy_xception",
    ("act",): "xception41p pnasnet5large nasnetalarge",
    ("final_layer",): "hrnet_w18_small",
    ("head",): "selecsls42",
    ("dense_stages",): "rdnet_tiny",
    ("msfa",): "mobilenetv5_base",
    ("neck",): "samvit_base_patch16_224",
    ("norm",): "starnet_s050 resnetv2_18 swiftformer_xs efficientformerv2_s0",
    ("norm", "stages[-1]"): "nextvit_small maxvit_pico_rw_256 coatnext_nano_rw_224 "
    "maxxvit_rmlp_nano_rw_256 maxxvitv2_nano_rw_256 coatnet_pico_rw_224 efficientformer_l1 "
    "sequencer2d_s mvitv2_tiny",
    ("norm", "stage3[-1].norm1"): "visformer_tiny",
    ("norm", "layers[-1].blocks[-1].norm2", "layers[-1].blocks[-1].norm1"): """
        focalnet_tiny_srf swin_tiny_patch4_window7_224 swinv2_tiny_window16_256
    """,
    ("norm", "blocks[-1][-1]", "blocks[-1][-1].norm1"): "twins_svt_small",
    ("norm", "levels[-1]"): "nest_tiny",
    # The stages' hidden states have heads of their own; the map beside them is the last stage's.
    ("norm[-1]", "stages[-1]"): "efficientvim_m1",
    ("blocks[-1]", "blocks[-1].norm1"): "sam2_hiera_tiny hiera_tiny_224 hieradet_small",
    ("norm", "blocks[-1]", "blocks[-1].norm1", "blocks[-1].norm"): """
        vit_tiny_patch16_dinov3_qkvb eva02_tiny_patch14_224 gmlp_ti16_224 gmixer_12_224
        resmlp_12_224 mixer_s16_224 vit_srelpos_small_patch16_224
        naflexvit_base_patch16_parfac_gap beit_base_patch16_224 beitv2_base_patch16_224
        aimv2_large_patch14_224 vitamin_small_224 beit3_base_patch16_224 eva_large_patch14_196
    """,
    ("encoder", "encoder.blocks[-1]", "encoder.blocks[-1].norm1"): """
        qwen3_vit_88m gemma4_vit_167m deepseek_vit_412m
    """,
    ("blocks[-1].norm1",): """
        deit_tiny_patch16_224 vit_tiny_patch16_224 vit_tiny_r_s16_p8_224 flexivit_small
        convit_tiny
    """,
    ("transformers[-1].blocks[-1].norm1",): "pit_ti_224",
    ("blocks[-1].norm_out",): "tnt_s_legacy_patch16_224",
    ("blocks_token_only[-1].norm1", "blocks[-1]"): "cait_xxs24_224",
    ("cls_attn_blocks[-1].norm1", "blocks[-1]"): "xcit_nano_12_p8_224",
    ("post_network[-1].norm1", "network[-1]"): "volo_d1_224",
    # Several scales run side by side up to the head.
    ("parallel_blocks[-1].norm14", "parallel_blocks[-1].norm13", "parallel_blocks[-1].norm12"): """
        coat_tiny
    """,
    # Two branches; the fusion's attention is the last that reads patches, each the other's.
    ("blocks[-1].fusion[-1].norm1", "blocks[-1].fusion[0].norm1"): "crossvit_tiny_240",
}

TIMM = {
    f"timm.{name}": list(layers) for layers, names in _GROUPS.items() for name in names.split()
}
"""A network of timm → the layers."""


def literature(network: Network) -> list[str]:
    """The layers at which the literature looks at a network, the usual one first."""
    table, key = (
        (TORCHVISION, network.family) if network.source == "torchvision" else (TIMM, network.name)
    )
    return table.get(key, [])


def expected_layer(network: Network, truth: Truth, activation: np.ndarray) -> dict:
    """Whether a layer with these values is one that the literature looks at, and which."""
    layers = literature(network)
    if not layers:
        return {}
    steps = truth.numbers["steps"]
    for layer in layers:
        rectified = layer.startswith("relu(")
        path = layer.removeprefix("relu(").removesuffix(")") if rectified else layer
        for step in _steps(path, steps):
            tensor = truth.arrays[f"a{step['place']}"]
            tensor = np.maximum(tensor, 0) if rectified else tensor
            if matches(tensor, activation, truth.tolerance) is not None:
                return {"expected": layers[0], "asExpected": True, "equals": layer}
    return {"expected": layers[0], "asExpected": False}


def _steps(path: str, steps: list[dict]) -> list[dict]:
    """The steps that are the module at `path`, in which [-1] is the last child that is there.

    Children that are numbered by name, as in `encoder_layer_11`, count as children."""
    last_child = r"\.(?:[A-Za-z_]+_)?(\d+)"
    pattern = re.escape(path).replace(r"\[\-1\]", last_child).replace(r"\[0\]", r"\.0")
    found: list[tuple[tuple[int, ...], dict]] = []
    for step in steps:
        for module in step["modules"]:
            match = re.fullmatch(pattern, module)
            if match:
                found.append((tuple(int(number) for number in match.groups()), step))
    last = max((numbers for numbers, _ in found), default=())
    return [step for numbers, step in found if numbers == last]

"""What TensorBoard reads from a directory of event files, as its pages and as scripts do, as JSON; or, without one, its own bytes of four records."""

import io
import json
import math
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as PluginAccumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.util.tensor_util import make_ndarray
from tensorboard.summary.writer.record_writer import RecordWriter


def golden():
    event, summary = event_pb2.Event, summary_pb2.Summary
    plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
    shape = tensor_shape_pb2.TensorShapeProto()
    text = summary.Value(
        tag="settings/text_summary",
        metadata=summary_pb2.SummaryMetadata(plugin_data=plugin),
        tensor=tensor_pb2.TensorProto(dtype="DT_STRING", tensor_shape=shape, string_val=[b"| a |"]),
    )
    scalars = [
        summary.Value(tag="train/loss", simple_value=0.1),
        summary.Value(tag="train/é", simple_value=math.nan),
    ]
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    events = [
        event(wall_time=1.5, file_version="brain.Event:2"),
        event(wall_time=1.5, step=300, session_log=start),
        event(wall_time=2.25, step=300, summary=summary(value=scalars)),
        event(wall_time=2.25, summary=summary(value=[text])),
    ]
    for each in events:
        file = io.BytesIO()
        RecordWriter(file).write(each.SerializeToString())
        print(file.getvalue().hex())


def read(directory):
    guidance = {"scalars": 0, "tensors": 0}  # 0: every value, where TensorBoard's pages show a sample
    pages = PluginAccumulator(directory, size_guidance=guidance, tensor_size_guidance={"scalars": 0, "text": 0})
    pages.Reload()
    known = pages.PluginTagToContent
    plain = lambda value: float(value) if math.isfinite(value) else None
    value_of = lambda each: plain(make_ndarray(each.tensor_proto).item())
    scalars = {tag: [[e.step, value_of(e), e.wall_time] for e in pages.Tensors(tag)] for tag in known("scalars")}
    texts = {}
    if any(tag.endswith("/text_summary") for tag in pages.Tags()["tensors"]):
        texts = {tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in pages.Tensors(tag)] for tag in known("text")}

    scripts = EventAccumulator(directory, size_guidance=guidance)
    scripts.Reload()
    for tag in scripts.Tags()["scalars"]:
        assert scalars[tag] == [[e.step, plain(e.value), e.wall_time] for e in scripts.Scalars(tag)], tag
    print(json.dumps({"scalars": scalars, "texts": texts}))


if len(sys.argv) > 1:
    read(sys.argv[1])
else:
    golden()

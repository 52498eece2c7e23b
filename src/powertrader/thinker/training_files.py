"""What the trainer left on the disk for a coin, as the thinker's session wants it."""

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.memory_files import load_memory
from powertrader.core.original_format import parse_number
from powertrader.core.storage import FileStore
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.thinker.session import CoinTraining


def load_training(store: FileStore, paths: CoinPaths) -> CoinTraining:
    """Give a coin's memories and the time of its training, None when it has none that can be read.

    Damaged memory files of ours are moved aside. Raises StorageError when a file cannot be read.
    """
    found = {timeframe: load_memory(store, paths, timeframe) for timeframe in TIMEFRAMES}
    memories = {timeframe: memory for timeframe, memory in found.items() if memory is not None}
    stamp = store.read_bytes(paths.trainer_last_training_time())
    text = None if stamp is None else stamp.decode("utf-8", "replace")
    return CoinTraining(parse_number(text), memories)

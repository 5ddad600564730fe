"""The encoder and the decoder of sequence to sequence, in NumPy.

The encoder reads a sequence in both directions. The decoder's first layer reads at each step the
token before and the context that its attention finds in the encoder's hidden states; further layers
stand on it. What is answered is read off the last layer's hidden state and the context.

Either side is of tokens (each a row of the first kernel) or of numbers. A decoder of numbers
answers the next timestep and, as one column more, the log-odds that it is the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit as sigmoid

from forecast.recurrent.architecture import (
    GATE_BLOCKS,
    Stack,
    Weights,
    in_double,
    initial_weights,
    layer_shapes,
    layer_weights,
)
from forecast.recurrent.cells import States, cell_step, encode_sequences, project
from forecast.sequences.attention import Memory, attend
from forecast.sequences.decoding import State, Step
from forecast.sequences.intake import Sequences
from forecast.sequences.vocabulary import BEGIN, PAD, UNKNOWN

_NEVER = [PAD, BEGIN]  # what no step answers


@dataclass(frozen=True)
class Encoder:
    """The sizes of the layers that read.

    Parameters
    ----------
    cell : {"lstm", "gru"}
    units, layers : int
        The units of each direction.
    inputs : int
        The number of tokens, or of features.
    """

    cell: str
    units: int
    layers: int
    inputs: int

    @property
    def directions(self) -> int:
        """In how many directions a sequence is read."""
        return 2

    @property
    def width(self) -> int:
        """The number of hidden states of a timestep."""
        return 2 * self.units

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number in range(self.layers):
            inputs = self.width if number else self.inputs
            for direction in range(self.directions):
                shapes |= layer_shapes(self, inputs, number, direction)
        return shapes


@dataclass(frozen=True)
class Decoder(Stack):
    """The sizes of the layers that write.

    Parameters
    ----------
    cell : {"lstm", "gru"}
    units, layers : int
    inputs : int
        The number of tokens, or of features.
    outputs : int
        The number of tokens, or of features and one more.
    width : int
        That of the encoder's hidden states.
    """

    inputs: int
    outputs: int
    width: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number in range(self.layers):
            inputs = self.units if number else self.inputs
            shapes |= layer_shapes(self, inputs, number)
        return shapes | {
            "context_kernel": (self.width, GATE_BLOCKS[self.cell] * self.units),
            "query_kernel": (self.units, self.units),
            "key_kernel": (self.width, self.units),
            "score_kernel": (self.units, 1),
            "start_kernel": (self.width, self.layers * self.units),
            "start_bias": (self.layers * self.units,),
            "readout_kernel": (self.units + self.width, self.units),
            "head_kernel": (self.units, self.outputs),
            "head_bias": (self.outputs,),
        }

    def start(self, weights: Weights, last: np.ndarray) -> States:
        """Return the states before the first step, from the encoder's last ones."""
        first = np.tanh(last @ weights["start_kernel"] + weights["start_bias"])
        states: list[np.ndarray] = []
        for hidden in np.split(first, self.layers, axis=1):
            # The cell state of an LSTM begins with 0.
            states += [hidden, np.zeros_like(hidden)][: self.states]
        return tuple(states)

    def step(
        self, weights: Weights, memory: Memory, states: States, before: np.ndarray
    ) -> tuple[States, np.ndarray, np.ndarray]:
        """Write one step.

        Parameters
        ----------
        weights : dict of arrays
        memory : Memory
        states : tuple of arrays of shape (samples, units)
        before : array of shape (samples,) of tokens, or (samples, features)
            What has been written before.

        Returns
        -------
        states : tuple of arrays of shape (samples, units)
        answer : array of shape (samples, outputs)
        attention : array of shape (samples, places)
        """
        query = states[0] @ weights["query_kernel"]
        context, attention = attend(memory, query, weights["score_kernel"][:, 0])
        after: list[np.ndarray] = []
        for number in range(self.layers):
            W, U, b = layer_weights(self, weights, number)
            read = after[-self.states] if number else before
            x = project(self.cell, read, W, b)
            if number == 0:
                x = x + context @ weights["context_kernel"]
            own = self.states_of(states, number)
            after += cell_step(self.cell, x, own, U, b)
        both = np.concatenate([after[-self.states], context], axis=1)
        readout = np.tanh(both @ weights["readout_kernel"])
        answer = readout @ weights["head_kernel"] + weights["head_bias"]
        return tuple(after), answer, attention


@dataclass(frozen=True)
class EncoderDecoder:
    """Both parts, whose weights' names begin with ``encoder_`` and ``decoder_``.

    Parameters
    ----------
    encoder : Encoder
    decoder : Decoder
    """

    encoder: Encoder
    decoder: Decoder

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        return _joined(self.encoder.shapes, self.decoder.shapes)

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        encoder = initial_weights(self.encoder, rng)
        return _joined(encoder, initial_weights(self.decoder, rng))


def _joined(encoder: dict, decoder: dict) -> dict:
    """Return what both parts have by name."""
    named = {f"encoder_{name}": value for name, value in encoder.items()}
    return named | {f"decoder_{name}": value for name, value in decoder.items()}


def part_of(weights: dict, part: str) -> dict:
    """Return the weights of one part: "encoder" or "decoder"."""
    begin = f"{part}_"
    return {
        name.removeprefix(begin): value for name, value in weights.items() if name.startswith(begin)
    }


@dataclass(frozen=True, eq=False)
class Translator:
    """A network with its weights.

    Parameters
    ----------
    network : EncoderDecoder
    weights : dict of arrays
    """

    network: EncoderDecoder
    weights: Weights

    @cached_property
    def _parts(self) -> tuple[Weights, Weights]:
        """The weights of both parts in double precision: in single, neighbours would matter."""
        double = in_double(self.weights)
        return part_of(double, "encoder"), part_of(double, "decoder")

    def read(self, source: Sequences) -> tuple[Memory, States]:
        """Read sources: return what attention looks at, and the decoder's first states."""
        encoder, decoder = self._parts
        live = source.live()
        hidden, last = encode_sequences(
            self.network.encoder, encoder, source.values, source.lengths
        )
        memory = Memory(hidden @ decoder["key_kernel"], hidden, live)
        return memory, self.network.decoder.start(decoder, last)

    def _forced(
        self, source: Sequences, before: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield answer and attention of each step after what is given (samples, steps, …)."""
        memory, states = self.read(source)
        for t in range(before.shape[1]):
            states, answer, attention = self.network.decoder.step(
                self._parts[1], memory, states, before[:, t]
            )
            yield answer, attention

    def answers(self, source: Sequences, before: np.ndarray) -> np.ndarray:
        """Return the answers after what is given: (samples, steps, outputs)."""
        return np.stack([answer for answer, _ in self._forced(source, before)], axis=1)

    def attention(self, source: Sequences, before: np.ndarray) -> np.ndarray:
        """Return the attention after what is given: (samples, steps, places)."""
        return np.stack([weights for _, weights in self._forced(source, before)], axis=1)

    def losses(self, source: Sequences, target: Sequences) -> np.ndarray:
        """Return the mean loss over the steps of each sample, as training has it: (samples,)."""
        if target.values.ndim == 3:
            return self.number_losses(source, target)
        log_p = self.log_probabilities(source, target.values)
        return -log_p.sum(axis=1) / (target.lengths - 1)

    # --- tokens

    def log_probabilities(self, source: Sequences, target: np.ndarray) -> np.ndarray:
        """Return the log probability of each token after those before it.

        Parameters
        ----------
        source : Sequences
        target : array of shape (samples, steps + 1)
            Tokens with their beginning and end, then padding.

        Returns
        -------
        array of shape (samples, steps)
            0 for padding.
        """
        log_p = _log_softmax(self.answers(source, target[:, :-1]))
        following = target[:, 1:, None]
        told = np.take_along_axis(log_p, following, axis=2)[:, :, 0]
        return np.where(following[:, :, 0] == PAD, 0.0, told)

    def begin(self, source: Sequences) -> tuple[Step, State, np.ndarray]:
        """Return what `decoding` asks of a model: step, state, and the first log probabilities.

        The state begins with the row of the memory that a sequence looks at. The unknown token is
        never written.
        """
        memory, states = self.read(source)

        def step(state: State, tokens: np.ndarray) -> tuple[np.ndarray, State]:
            rows, *before = state
            after, answer, _ = self.network.decoder.step(
                self._parts[1], memory.of(rows), tuple(before), tokens
            )
            log_p = _log_softmax(answer)
            log_p[:, UNKNOWN] = -np.inf
            return log_p, (rows, *after)

        rows = np.arange(len(source))
        log_p, state = step((rows, *states), np.full(len(source), BEGIN))
        return step, state, log_p

    # --- numbers

    def number_losses(self, source: Sequences, target: Sequences) -> np.ndarray:
        """Return squared error and cross-entropy of the end, the mean over each one's timesteps."""
        values = target.values
        before = np.concatenate([np.zeros_like(values[:, :1]), values[:, :-1]], axis=1)
        answer = self.answers(source, before)
        log_odds = answer[:, :, -1]
        is_last = np.arange(values.shape[1]) == target.lengths[:, None] - 1
        ends = np.logaddexp(0, log_odds) - is_last * log_odds
        losses = ((answer[:, :, :-1] - values) ** 2).mean(axis=2) + ends
        return (losses * target.live()).sum(axis=1) / target.lengths

    def numbers(self, source: Sequences, longest: int) -> tuple[np.ndarray, np.ndarray]:
        """Write numbers until each sequence has ended.

        Parameters
        ----------
        source : Sequences
        longest : int
            How many timesteps are written at most.

        Returns
        -------
        values : array of shape (samples, steps, features)
        lengths : array of shape (samples,)
        """
        memory, states = self.read(source)
        lengths = np.full(len(source), longest)
        before = np.zeros((len(source), self.network.decoder.inputs))
        written = []
        for t in range(longest):
            states, answer, _ = self.network.decoder.step(self._parts[1], memory, states, before)
            before = answer[:, :-1]
            written.append(before)
            ended = (lengths > t) & (sigmoid(answer[:, -1]) > 0.5)
            lengths[ended] = np.minimum(lengths[ended], t + 1)
            if (lengths <= t + 1).all():
                break
        return np.stack(written, axis=1), lengths


def _log_softmax(answer: np.ndarray) -> np.ndarray:
    """Return the log probabilities of tokens, −inf for what is never answered."""
    answer = answer.copy()
    answer[..., _NEVER] = -np.inf
    answer -= answer.max(axis=-1, keepdims=True)
    return answer - np.log(np.exp(answer).sum(axis=-1, keepdims=True))

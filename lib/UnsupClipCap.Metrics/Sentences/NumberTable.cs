using System.Numerics;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Numbers keys in the order they come: a hash table that keeps its slots side by side in one array. Millions of n-grams are looked
/// up in it, for which a general dictionary takes twice the time and, in a program of one second, is compiled too late.
/// </summary>
internal sealed class NumberTable(int capacity = 64)
{
    private Slot[] _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)capacity)];

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The number of a key, or -1.</summary>
    public int Find(long key) => _slots[Place(key)].Next - 1;

    /// <summary>The number of a key; a new one gets <paramref name="first"/> plus the number of keys before it.</summary>
    public int Number(long key, int first)
    {
        ref var slot = ref _slots[Place(key)];
        if (slot.Next > 0) return slot.Next - 1;
        var number = first + Count++;
        (slot.Key, slot.Next) = (key, number + 1);
        if (Count * 3L > _slots.Length * 2L) Grow();
        return number;
    }

    /// <summary>The slot of a key, or the empty one where it belongs.</summary>
    private int Place(long key)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var at = (int)((ulong)key * 0x9E3779B97F4A7C15 >> 32) & mask;
        while (slots[at].Next != 0 && slots[at].Key != key) at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        foreach (var slot in old)
            if (slot.Next != 0) _slots[Place(slot.Key)] = slot;
    }

    /// <summary>A key and one more than its number; 0 marks an empty slot.</summary>
    private struct Slot
    {
        public long Key;
        public int Next;
    }
}

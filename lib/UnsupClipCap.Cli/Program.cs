Console.WriteLine("UnsupClipCap");

@echo off
rem Builds what is needed and passes on to the command line: run help
setlocal
cd /d "%~dp0"
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
if "%TorchBackend%"=="" set TorchBackend=cpu
where dotnet >nul 2>nul || (echo The .NET 10 SDK is needed and 'dotnet' is not on the PATH. 1>&2 & exit /b 1)
dotnet build UnsupClipCap.sln -c Release -v quiet -p:TorchBackend=%TorchBackend% 1>&2 || exit /b 1
dotnet lib\bin\UnsupClipCap.Cli.dll %*
exit /b %ERRORLEVEL%

@echo off
rem Double-click to open PowerTrader's window. The first start installs what it needs; that takes some minutes.
cd /d "%~dp0"
where py >nul 2>nul && (py scripts\bootstrap.py run -- hub %*) || (python scripts\bootstrap.py run -- hub %*)
if errorlevel 1 pause
